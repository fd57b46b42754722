package match

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"duebot/ledger"
	"duebot/ledger/names"
)

// name is a company's or a person's name without its legal form.
type name struct {
	words []names.Word
	whole string       // the keys in a row
	other []names.Word // of Latin words with a J, as Persians mean it: a consonant
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

// hanTrades are what Chinese companies do; with the town before, the brand is what is left.
var hanTrades = []struct{ han, abroad string }{
	{"进出口", "import export"}, {"信息技术", "information technology"}, {"网络科技", "network technology"}, {"国际贸易", "international trading"},
	{"科技", "technology"}, {"贸易", "trading"}, {"商贸", "trading"}, {"实业", "industrial"}, {"电子", "electronics"}, {"机械", "machinery"}, {"建材", "building materials"},
	{"建筑", "construction"}, {"食品", "food"}, {"服装", "garment"}, {"物流", "logistics"}, {"传媒", "media"}, {"信息", "information"}, {"技术", "technology"},
	{"国际", "international"}, {"化工", "chemical"}, {"材料", "materials"}, {"设备", "equipment"}, {"工程", "engineering"}, {"咨询", "consulting"}, {"服务", "service"},
	{"发展", "development"}, {"投资", "investment"}, {"制造", "manufacturing"}, {"工贸", "industry trade"}, {"数字", "digital"}, {"网络", "network"}, {"软件", "software"},
	{"文化", "culture"}, {"广告", "advertising"}, {"医药", "pharmaceutical"}, {"汽车", "auto"}, {"家具", "furniture"}, {"纺织", "textile"}, {"电器", "electric"},
	{"能源", "energy"}, {"环保", "environmental"}, {"农业", "agriculture"},
}

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
	return name{out, strings.Join(keys, " "), other}
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
	trades := []string(nil)
	for found := true; found; {
		found = false
		for _, trade := range hanTrades {
			if rest, ok := strings.CutSuffix(s, trade.han); ok && rest != "" {
				s, found = rest, true
				if abroad {
					trades = append(trades, trade.abroad)
				} else {
					trades = append(trades, trade.han)
				}
				break
			}
		}
	}
	if s != "" {
		add(s)
	}
	slices.Reverse(trades)
	for _, trade := range trades {
		if add(trade); abroad {
			out = append(out[:len(out)-1], strings.Fields(trade)...)
		}
	}
	return out
}

// wordIndex says in whose names a word stands: by its key, and by its consonants.
type wordIndex struct {
	keys  map[string][]ledger.CustomerID
	bones map[string][]ledger.CustomerID
	total int
}

func newWordIndex() wordIndex {
	return wordIndex{map[string][]ledger.CustomerID{}, map[string][]ledger.CustomerID{}, 0}
}

// bonesMin is how many consonants tell a word, where the vowels are known too.
const bonesMin = 3

// boned reports whether a word is looked up by its consonants: of scripts that write no more two
// are enough.
func boned(w *names.Word) bool {
	return len(w.Bones) >= bonesMin || w.Script == names.Arab && len(w.Bones) >= bonesMin-1
}

func (x *wordIndex) add(n *name, id ledger.CustomerID) {
	x.total++
	for _, w := range n.words {
		x.keys[w.Key] = append(x.keys[w.Key], id)
		if boned(&w) {
			x.bones[w.Bones] = append(x.bones[w.Bones], id)
		}
	}
}

func (x *wordIndex) drop(n *name, id ledger.CustomerID) {
	x.total--
	for _, w := range n.words {
		dropFrom(x.keys, w.Key, id)
		if boned(&w) {
			dropFrom(x.bones, w.Bones, id)
		}
	}
}

func dropFrom(m map[string][]ledger.CustomerID, key string, id ledger.CustomerID) {
	list := m[key]
	if i := slices.Index(list, id); i >= 0 {
		list = slices.Delete(list, i, i+1)
	}
	if len(list) == 0 {
		delete(m, key)
	} else {
		m[key] = list
	}
}

// weight is how much a word tells: a rare one more.
func (x *wordIndex) weight(w *names.Word) int { return x.rarity(len(x.keys[w.Key])) }

// rarity is how much a word tells that so many names have.
func (x *wordIndex) rarity(have int) int { return 1 + bits.Len(uint(max(x.total, 16)/(have+1))) }

// among are the customers who share the rarest words with n, at most max of them.
func (x *wordIndex) among(n *name, most int) []ledger.CustomerID {
	score := map[ledger.CustomerID]int{}
	for _, w := range n.typed() {
		seen := map[ledger.CustomerID]bool{}
		count := func(near []ledger.CustomerID, less int) {
			if len(near) > namesakesMax {
				return
			}
			for _, id := range near {
				if !seen[id] {
					seen[id] = true
					score[id] += max(x.rarity(len(near))-less, 1)
				}
			}
		}
		count(x.keys[w.Key], 0)
		if len(w.Bones) >= bonesMin-1 {
			count(x.bones[w.Bones], 2)
		}
	}
	out := make([]ledger.CustomerID, 0, len(score))
	for id := range score {
		out = append(out, id)
	}
	slices.SortFunc(out, func(a, b ledger.CustomerID) int {
		if score[a] != score[b] {
			return score[b] - score[a]
		}
		return int(a) - int(b)
	})
	return out[:min(len(out), most)]
}

// namesakesMax is how many customers may share a word by which one is looked up.
const namesakesMax = 400

// typed are the words of n in all the ways in which they may be meant.
func (n *name) typed() []names.Word { return append(joinedWords(n.words), n.other...) }

// joinedWords are words, and each two neighbours as one: HONG XING is Hongxing.
func joinedWords(words []names.Word) []names.Word {
	out := slices.Clone(words)
	for i := 1; i < len(words); i++ {
		if a, b := words[i-1], words[i]; a.Script == b.Script && len(a.Key)+len(b.Key) <= 24 {
			if both := names.Words(a.Key + b.Key); len(both) == 1 {
				out = append(out, both[0])
			}
		}
	}
	return out
}

// likeness is how much of a customer's name stands in what a bank writes, in hundredths; what
// the bank writes besides counts a little against it.
func (x *wordIndex) likeness(customer, written *name) int {
	typed := written.typed()
	have, all := 0, 0
	used := map[string]bool{}
	for i := range customer.words {
		w := &customer.words[i]
		weight, best, by := x.weight(w), 0, ""
		for j := range typed {
			if n := nearness(&typed[j], w, j == len(written.words)-1); n > best {
				best, by = n, typed[j].Key
			}
		}
		have, all = have+weight*best, all+weight*100
		used[by] = true
	}
	if all == 0 {
		return 0
	}
	strange, total := 0, 0
	for i := range written.words {
		w := &written.words[i]
		weight := x.weight(w)
		total += weight
		if bestNear(w, customer.words) == 0 && !partOf(used, w.Key) && !written.meant(used) {
			strange += weight
		}
	}
	return have * 100 / all * (4*total - strange) / max(4*total, 1)
}

// meant reports whether a word of n counts as one of those used in another reading.
func (n *name) meant(used map[string]bool) bool {
	return slices.ContainsFunc(n.other, func(w names.Word) bool { return used[w.Key] })
}

func bestNear(w *names.Word, words []names.Word) (best int) {
	for i := range words {
		best = max(best, nearness(w, &words[i], false))
	}
	return best
}

func partOf(used map[string]bool, key string) bool {
	for u := range used {
		if strings.Contains(u, key) {
			return true
		}
	}
	return false
}

// nearness is how near a written word is to a word of a name, in hundredths. The last word may
// be cut off, and any that is long.
func nearness(typed, named *names.Word, last bool) int {
	n := utf8.RuneCountInString(typed.Key)
	switch names.Near(typed, named) {
	case names.Same:
		return 100
	case names.OneOff:
		if n >= 5 {
			return 90
		}
	case names.Begins:
		if n >= 5 || last && n >= 2 {
			return 85
		}
	case names.TwoOff:
		if n >= 9 {
			return 80
		}
	case names.Skeleton:
		if len(typed.Bones) >= bonesMin {
			return 90
		}
		return 75
	}
	switch {
	case typed.Bones != named.Bones:
	case len(typed.Bones) >= bonesMin:
		return 85
	case (typed.Script == names.Arab) != (named.Script == names.Arab) && typed.Key != "" && named.Key != "" && typed.Key[0] == named.Key[0]:
		return 60 // short, and the vowels are left out in one of them
	}
	return 0
}
