package match

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"duebot/ledger/names"
)

// name is a company's or a person's name without its legal form.
type name struct {
	words []names.Word
	whole string       // the keys in a row
	other []names.Word // of Latin words with a J, as Persians mean it: a consonant

	asTyped []names.Word // see typed; nil until somebody asks
}

// forms are legal forms, and the words that they are spelt out with, as word keys; a name is told
// by what is left.
var forms = formKeys(`
	ooo оао ао зао пао нао ип тоо тов чп чао пат прат ооо одо уп чуп гуп муп фгуп оаэ oao ao zao pao ip too tov chp
	общество с ограниченной ответственностью акционерное закрытое открытое публичное индивидуальный предприниматель компания фирма товарищество
	obshchestvo ogranichennoy otvetstvennostyu aktsionernoe predprinimatel kompaniya
	srl srls spa sas snc sapa ss soc societa societate cu raspundere limitata sa sca pfa ii if sc coop cooperativa a responsabilita per azioni sarl eurl
	gmbh mbh ag kg kgaa ohg gbr ug ev eg co cie und and et e y gesellschaft mit beschrankter haftung aktiengesellschaft
	ltd limited llc llp lp inc incorporated corp corporation company plc pty pte cc bv nv vof cv bvba sprl as asa ab oy oyj aps a/s hf ehf
	sro spol s r o zoo sp z doo dd ad eood ood ead kft zrt nyrt bt rt uab sia ou sl slu slne sau ltda eireli me
	as sti tic san ve ticaret sanayi anonim sirketi limited
	شرکت سهامی خاص عام بامسئولیت با مسئولیت محدود تعاونی موسسه گروه sherkat sahami khas am
	the of de di da la le il des du der die das`)

// hanForms are what Chinese names end with, the longest first.
var hanForms = []string{"集团股份有限公司", "股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "分公司", "总公司", "公司", "集团", "厂", "店", "个体工商户"}

// hanTrade is a trade in Chinese, and in what banks abroad write.
type hanTrade struct{ han, abroad string }

// hanTrades are what Chinese companies do; with the town before, the brand is what is left.
var hanTrades = []hanTrade{
	{"进出口", "import export"}, {"信息技术", "information technology"}, {"网络科技", "network technology"}, {"国际贸易", "international trading"},
	{"科技", "technology"}, {"贸易", "trading"}, {"商贸", "trading"}, {"实业", "industrial"}, {"电子", "electronics"}, {"机械", "machinery"}, {"建材", "building materials"},
	{"建筑", "construction"}, {"食品", "food"}, {"服装", "garment"}, {"物流", "logistics"}, {"传媒", "media"}, {"信息", "information"}, {"技术", "technology"},
	{"国际", "international"}, {"化工", "chemical"}, {"材料", "materials"}, {"设备", "equipment"}, {"工程", "engineering"}, {"咨询", "consulting"}, {"服务", "service"},
	{"发展", "development"}, {"投资", "investment"}, {"制造", "manufacturing"}, {"工贸", "industry trade"}, {"数字", "digital"}, {"网络", "network"}, {"软件", "software"},
	{"文化", "culture"}, {"广告", "advertising"}, {"医药", "pharmaceutical"}, {"汽车", "auto"}, {"家具", "furniture"}, {"纺织", "textile"}, {"电器", "electric"},
	{"能源", "energy"}, {"环保", "environmental"}, {"农业", "agriculture"},
}

// hanTowns are the towns and provinces that names begin with most.
var hanTowns = []string{"北京", "上海", "深圳", "广州", "天津", "重庆", "杭州", "南京", "苏州", "武汉", "成都", "西安", "青岛", "大连", "宁波", "厦门", "东莞", "佛山", "无锡", "长沙", "郑州", "沈阳", "济南", "合肥",
	"福州", "昆明", "哈尔滨", "长春", "石家庄", "南昌", "南宁", "贵阳", "太原", "温州", "义乌", "珠海", "香港", "澳门", "浙江", "江苏", "广东", "山东", "福建", "四川", "湖北", "湖南", "河南", "河北", "安徽", "江西"}

func formKeys(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(s) {
		for _, x := range names.Words(w) {
			out[x.Key] = true
		}
	}
	return out
}

// readNames are the names that banks may write for s: of a Chinese one also what it means abroad.
func readNames(s string) []name {
	out := []name{readName(s)}
	if strings.ContainsFunc(s, isHan) {
		if abroad := readSplit(splitName(s, true)); abroad.whole != out[0].whole {
			out = append(out, abroad)
		}
	}
	return out
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// readName reads a name as a bank or a person writes it.
func readName(s string) name { return readSplit(splitName(s, false)) }

func readSplit(parts []string) name {
	var all, out, other []names.Word
	for _, f := range parts {
		all = append(all, names.Words(f)...)
		if strings.ContainsAny(f, "jJ") {
			other = append(other, names.Words(strings.ReplaceAll(strings.ToLower(f), "j", "dsch"))...)
		}
	}
	for _, w := range all {
		if !forms[w.Key] {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		out = all // a company that is called by its legal form
	}
	keys := make([]string, len(out))
	for i, w := range out {
		keys[i] = w.Key
	}
	return name{words: out, whole: strings.Join(keys, " "), other: other}
}

// foldWhole is a name as it is compared as a whole.
func foldWhole(s string) string { return readName(s).whole }

// nameMax bounds what is read of a name.
const nameMax = 300

// splitName cuts a name into words: S.p.A. and S R L are one word each, and Chinese characters
// are cut into town, brand and trade; abroad the trade is translated.
func splitName(s string, abroad bool) (out []string) {
	if len(s) > nameMax {
		s = strings.ToValidUTF8(s[:nameMax], "")
	}
	letters := ""
	flush := func() {
		if letters != "" {
			out, letters = append(out, letters), ""
		}
	}
	for _, f := range strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '\'' && r != '’' && r != '\u200c'
	}) {
		if utf8.RuneCountInString(f) == 1 && !strings.ContainsFunc(f, isHan) {
			letters += f
			continue
		}
		flush()
		if strings.ContainsFunc(f, isHan) {
			out = append(out, cutHan(f, abroad)...)
		} else {
			out = append(out, f)
		}
	}
	flush()
	return out
}

// cutHan cuts a Chinese name into its parts, each as it is read: so it meets what banks abroad
// write of it.
func cutHan(s string, abroad bool) (out []string) {
	for _, form := range hanForms {
		if rest, ok := strings.CutSuffix(s, form); ok && rest != "" {
			s = rest
			break
		}
	}
	add := func(part string) {
		if read := names.Pinyin(part); read != "" {
			part = read
		}
		out = append(out, part)
	}
	for _, town := range hanTowns {
		if rest, ok := strings.CutPrefix(s, town); ok {
			add(town)
			s = strings.TrimPrefix(rest, "市")
			break
		}
	}
	s, trades := cutTrades(s)
	if s != "" {
		add(s)
	}
	for _, trade := range trades {
		if abroad {
			out = append(out, strings.Fields(trade.abroad)...)
		} else {
			add(trade.han)
		}
	}
	return out
}

// cutTrades cuts off what a company does: there may be several.
func cutTrades(s string) (rest string, trades []hanTrade) {
	for i := 0; i < len(hanTrades); i++ {
		if cut, ok := strings.CutSuffix(s, hanTrades[i].han); ok && cut != "" {
			s, trades, i = cut, append(trades, hanTrades[i]), -1
		}
	}
	slices.Reverse(trades)
	return s, trades
}
