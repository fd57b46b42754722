package words

import "strings"

var chinese = language{number: func(n int64, _ gender) string { return countChinese(n, &plainChinese) }, sum: sumChinese, names: map[string]*currency{
	"EUR": {major: noun{forms: []string{"欧元"}}}, "USD": {major: noun{forms: []string{"美元"}}}, "GBP": {major: noun{forms: []string{"英镑"}}},
	"CHF": {major: noun{forms: []string{"瑞士法郎"}}}, "RUB": {major: noun{forms: []string{"俄罗斯卢布"}}}, "RON": {major: noun{forms: []string{"罗马尼亚列伊"}}},
	"MDL": {major: noun{forms: []string{"摩尔多瓦列伊"}}}, "CNY": {major: noun{forms: []string{"人民币"}}}, "IRR": {major: noun{forms: []string{"伊朗里亚尔"}}},
	"JPY": {major: noun{forms: []string{"日元"}}},
}}

// figures are the characters of numbers: the plain ones, and those of documents, to which
// no stroke can be added.
type figures struct {
	digits []rune
	units  []string
}

var (
	plainChinese  = figures{[]rune("零一二三四五六七八九"), []string{"", "十", "百", "千"}}
	sealedChinese = figures{[]rune("零壹贰叁肆伍陆柒捌玖"), []string{"", "拾", "佰", "仟"}}
	// Four digits at a time: 万 is 10^4, 亿 is 10^8, and 万亿 is 10^12.
	powersChinese = []string{"", "万", "亿", "万亿"}
)

// countChinese reads four digits at a time; a gap of zeros inside is read once.
func countChinese(n int64, f *figures) string {
	if n == 0 {
		return string(f.digits[0])
	}
	var parts []int
	for m := n; m > 0; m /= 10000 {
		parts = append(parts, int(m%10000))
	}
	var b strings.Builder
	gap := false // zeros that were not read yet
	for i := len(parts) - 1; i >= 0; i-- {
		p := parts[i]
		if p == 0 {
			gap = true
			continue
		}
		if b.Len() > 0 && (gap || p < 1000) {
			b.WriteRune(f.digits[0])
		}
		gap = false
		fourChinese(&b, p, f)
		power := powersChinese[i]
		if i == 3 && parts[2] > 0 { // 一万二千亿: the 亿 comes once, after all of its digits
			power = "万"
		}
		b.WriteString(power)
	}
	s := b.String()
	if f == &plainChinese { // 十二, not 一十二
		s = strings.TrimPrefix(s, "一十")
		if len(s) < b.Len() {
			s = "十" + s
		}
	}
	return s
}

func fourChinese(b *strings.Builder, p int, f *figures) {
	begun, gap := false, false
	for i, unit := 3, 1000; i >= 0; i, unit = i-1, unit/10 {
		d := p / unit % 10
		if d == 0 {
			gap = begun
			continue
		}
		if gap {
			b.WriteRune(f.digits[0])
		}
		b.WriteRune(f.digits[d])
		b.WriteString(f.units[i])
		begun, gap = true, false
	}
}

// sumChinese: "人民币壹仟贰佰叁拾肆元伍角整", by the rules for bills and settlement papers.
func sumChinese(_ *language, major, minor int64, c *currency) string {
	var b strings.Builder
	b.WriteString(c.major.forms[0])
	f := &sealedChinese
	if major > 0 || minor == 0 {
		b.WriteString(countChinese(major, f) + "元")
	}
	tenth, hundredth := minor/10, minor%10
	if tenth > 0 {
		b.WriteString(string(f.digits[tenth]) + "角")
	} else if hundredth > 0 && major > 0 {
		b.WriteRune(f.digits[0])
	}
	if hundredth > 0 {
		b.WriteString(string(f.digits[hundredth]) + "分")
	} else {
		b.WriteString("整")
	}
	return b.String()
}
