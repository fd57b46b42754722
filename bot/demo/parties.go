package demo

import (
	_ "embed"

	"duebot/ledger"
)

// Logo is the picture on the demo company's documents, a PNG.
//
//go:embed logo.png
var Logo []byte

// parties are who the customers are by law. Names, places and numbers are invented, in the
// form that each country gives them; nobody is registered under these numbers.
func parties() map[string]ledger.Party {
	party := func(name, address, taxID string, lines ...string) ledger.Party {
		return ledger.Party{Name: name, Address: address, TaxID: taxID, Lines: lines}
	}
	all := map[string]ledger.Party{
		"acme":       party("Acme Handelsgesellschaft mbH", "Musterstraße 14\n10115 Berlin\nDeutschland", "DE 900 000 011", "HRB 900011 B, Amtsgericht Charlottenburg"),
		"nordhafen":  party("Nordhafen Logistik GmbH", "Kaispeicherweg 3\n20457 Hamburg\nDeutschland", "DE 900 000 022", "HRB 900022, Amtsgericht Hamburg"),
		"kupferblau": party("Kupferblau Kaffeerösterei Vogt e. K.", "Röstergasse 7\n04109 Leipzig\nDeutschland", "DE 900 000 033", "HRA 90033, Amtsgericht Leipzig"),
		"spreewerk":  party("Spreewerk Maschinenbau AG", "Werkhof 21–25\n12459 Berlin\nDeutschland", "DE 900 000 044", "HRB 900044 B, Amtsgericht Charlottenburg"),
		"hellwig":    party("Hellwig & Partner Rechtsanwälte PartG mbB", "Gerichtsallee 2\n60313 Frankfurt am Main\nDeutschland", "DE 900 000 055", "PR 9055, Amtsgericht Frankfurt am Main"),
		"lumenta":    party("Lumenta Health GmbH", "Lichthof 9\n80331 München\nDeutschland", "DE 900 000 066", "HRB 900066, Amtsgericht München"),
		"tierpark":   party("Tierarztpraxis am Park, Dr. Beate Lorenz", "Am Tierpark 4\n10319 Berlin\nDeutschland", ""),
		"rotfuchs":   party("Rotfuchs Spielverlag GmbH", "Würfelweg 6\n90402 Nürnberg\nDeutschland", "DE 900 000 077", "HRB 90077, Amtsgericht Nürnberg"),
		"zweirad":    party("Zweirad Ostkreuz UG (haftungsbeschränkt)", "Kettenstraße 11\n10245 Berlin\nDeutschland", "DE 900 000 088", "HRB 900088 B, Amtsgericht Charlottenburg"),

		"hartwell": party("Hartwell & Finch Limited", "14 Invention Row\nBristol BS1 9ZZ\nUnited Kingdom", "GB 900 0001 11", "Company no. 09000111"),
		"pennine":  party("Pennine Outdoor Company Ltd", "Fell House, 2 Cairn Lane\nKendal LA9 9ZZ\nUnited Kingdom", "GB 900 0002 22", "Company no. 09000222"),
		"quayside": party("Quayside Theatre Trust", "1 Dock Stage\nNewcastle upon Tyne NE1 9ZZ\nUnited Kingdom", "", "Registered charity no. 9000333"),

		"bluefern":   party("Bluefern Analytics, Inc.", "500 Sample Avenue, Suite 9\nBoston, MA 02199\nUSA", "00-9000011"),
		"harborlane": party("Harbor Lane Media LLC", "77 Harbor Lane\nPortland, ME 04199\nUSA", "00-9000022"),
	}
	for _, more := range []map[string]ledger.Party{partiesEast(party), partiesSouth(party)} {
		for handle, p := range more {
			all[handle] = p
		}
	}
	return all
}

type partyMaker func(name, address, taxID string, lines ...string) ledger.Party

// partiesEast are those whose documents are Russian, Chinese or Persian.
func partiesEast(party partyMaker) map[string]ledger.Party {
	return map[string]ledger.Party{
		"kolosok": party("Bäckerei «Колосок» Лебедева и сын oHG", "Kornblumenweg 8\n12623 Berlin\nГермания", "DE 900 000 099"),
		"altay":   party("ТОО «Алтай Экспресс»", "пр. Примерный, д. 40\nг. Алматы, 050000\nКазахстан", "", "БИН 900040000011", "ИИК KZ00 0000 0000 0000 0011"),
		"polaris": party("Издательство «Полярный круг» UG", "Nordlichtallee 5\n13355 Berlin\nГермания", "DE 900 000 101"),
		"steppe":  party("ТОО «Студия „Степной ветер“»", "ул. Ковыльная, д. 12, офис 3\nг. Алматы, 050001\nКазахстан", "", "БИН 900040000022"),
		"zarya":   party("Медицинский центр «Ясная заря»", "ул. Рассветная, д. 7\nг. Алматы, 050002\nКазахстан", "", "БИН 900040000033"),
		"glagol":  party("Языковая школа «Глагол и Ко» GbR", "Wortgasse 3\n10405 Berlin\nГермания", ""),

		"qinghe":  party("上海清禾智能科技有限公司", "上海市浦东新区示例路 88 号 6 层\n邮编 200120", "91310000MA0000001X"),
		"yunshan": party("上海云杉空间设计顾问有限公司", "上海市静安区样本街 12 号\n邮编 200040", "91310000MA0000002X"),
		"jinli":   party("锦鲤小馆（柏林）Wang & Li GmbH", "Karpfengasse 18\n10585 Berlin\n德国", "DE 900 000 112"),
		"haitang": party("上海海棠书局有限公司", "上海市徐汇区书香路 5 号\n邮编 200030", "91310000MA0000003X"),
		"hengtai": party("恒泰岭精密机械有限公司", "江苏省苏州市工业园区范例大道 200 号\n邮编 215000", "91320000MA0000004X"),

		"simorgh":  party("استودیو سیمرغ نو (Simorgh Studio GmbH)", "Federweg 2\n10557 Berlin\nآلمان", "DE 900 000 123"),
		"aria":     party("بازرگانی آریا پل", "دبی، خیابان نمونه، برج آریا، واحد ۱۲۰۴\nصندوق پستی ۹۰۰۱۱\nامارات متحدهٔ عربی", "TRN 900000000000011"),
		"baran":    party("کلینیک باران شرق", "دبی، بلوار باران، پلاک ۴۵\nصندوق پستی ۹۰۰۲۲\nامارات متحدهٔ عربی", "TRN 900000000000022"),
		"damavand": party("شرکت فناوری دماوند آبی", "دبی، شهرک نوآوری، ساختمان ۷\nصندوق پستی ۹۰۰۳۳\nامارات متحدهٔ عربی", "TRN 900000000000033"),
	}
}

// partiesSouth are those whose documents are Romanian or Italian.
func partiesSouth(party partyMaker) map[string]ledger.Party {
	return map[string]ledger.Party{
		"carpati": party("Carpați Pixel S.R.L.", "Str. Exemplului nr. 5, et. 2\n500030 Brașov\nRomânia", "RO 90000011", "J08/9001/2015"),
		"dunavia": party("Dunavia Transport S.A.", "Șos. Portului nr. 90\n800001 Galați\nRomânia", "RO 90000022", "J17/9002/2009"),
		"vinaria": party("Vinăria Dealul Roșu S.R.L.", "Str. Viilor nr. 1\n107000 Valea Călugărească, jud. Prahova\nRomânia", "RO 90000033", "J29/9003/2012"),
		"salvia":  party("Farmaciile Salvia Verde S.R.L.", "Bd. Sănătății nr. 14\n300001 Timișoara\nRomânia", "RO 90000044", "J35/9004/2011"),
		"zimbru":  party("Zimbrul Construct S.R.L.", "Str. Cărămidăriei nr. 33\n700001 Iași\nRomânia", "RO 90000055", "J22/9005/2014"),
		"orizont": party("Orizont Călător S.R.L.", "Calea Drumeților nr. 8\n400001 Cluj-Napoca\nRomânia", "RO 90000066", "J12/9006/2018"),

		"belvedere":  party("Cantine Belvedere Alto S.r.l.", "Strada del Vigneto 9\n12051 Alba CN\nItalia", "IT 90000000011", "REA CN-900011"),
		"officina":   party("Officina Valdora S.p.A.", "Via dell'Officina 70\n10121 Torino TO\nItalia", "IT 90000000022", "REA TO-900022"),
		"lavanda":    party("Profumeria Lavanda e Sale di Chiara Rinaldi", "Via dei Profumi 3\n16121 Genova GE\nItalia", "IT 90000000033"),
		"pontelungo": party("Pontelungo Editore S.r.l.", "Lungarno degli Esempi 12\n50122 Firenze FI\nItalia", "IT 90000000044", "REA FI-900044"),
		"settelune":  party("Gelateria Sette Lune S.n.c.", "Piazza della Luna 7\n40121 Bologna BO\nItalia", "IT 90000000055"),
		"valserena":  party("Cooperativa Agricola Val Serena s.c.a.r.l.", "Località Val Serena 1\n43100 Parma PR\nItalia", "IT 90000000066", "REA PR-900066"),
	}
}
