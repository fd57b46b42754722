package bank

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// written are lines of statements as banks of a country write them, the shortest last.
var written = map[string][]string{
	"da": {"Bogført;Tekst;Beløb;Saldo", "Overførsel fra Søren Kjærgård;1.250,00;DKK", "Jørgensen Tømrer ApS, Sønderborg", "Løn november, Ærø Kommune", "Køb Brødrene A & O Johansen", "Ølgod Smørrebrød", "Århus Å", "Søren"},
	"no": {"Bokført dato;Beskrivelse;Beløp inn", "Bjørn Ødegård, Tromsø", "Innbetaling faktura Ålesund Båtbyggeri AS", "Overføring Gjøvik Rør og Varme", "Bærum Kjøtt og Grønt", "Håkon Sørlie", "Rør AS"},
	"sv": {"Bokföringsdag;Avsändare;Belopp", "Insättning Göteborgs Plåtslageri AB", "Överföring från Åsa Sjöström", "Malmö Köksgrossisten", "Hyra för december, Nyköping", "Åkeri Väst", "Bergström"},
	"fi": {"Kirjauspäivä;Määrä;Selitys", "Hämeenlinnan Sähkö Oy", "Jyväskylän Kirjakauppa", "Pekka Mäkelä", "Järvi Oy"},
	"de": {"Buchungstag;Auftraggeber/Empfänger;Währung", "Überweisung Müller & Söhne GmbH, Köln", "Gutschrift für Rechnung, Größe XL", "Bäckerei Weiß", "Österreichische Post", "Straßenbau AG", "Müller"},
	"fr": {"Date de l'opération;Libellé;Débit;Crédit", "VIR REÇU SOCIÉTÉ GÉNÉRALE", "Boulangerie Chez François, Orléans", "Prélèvement à échéance", "Hôtel du Château d'Eau", "Cœur de forêt", "Mme Hélène Lefèvre", "Béziers"},
	"es": {"Fecha operación;Descripción;Importe", "Transferencia de Muñoz Ibáñez S.L.", "Nómina de María José Peñalver", "Factura nº 50 Construcciones Núñez", "Logroño", "Iñigo", "España"},
	"it": {"Attività;Descrizione", "BONIFICO DA SOCIETÀ AGRICOLA FORLÌ", "Caffè Città di Cantù", "Pagamento già effettuato, perché più tardi", "LUNEDÌ È GIÀ", "Società", "CITTÀ DI FORLÌ"},
	"pt": {"Histórico;Descrição;Crédito", "TRANSFERÊNCIA RECEBIDA JOÃO GONÇALVES", "Pagamento de serviços de construção São Paulo", "Padaria Pão de Açúcar", "João", "São José"},
	"is": {"Dagsetning;Upphæð", "Greiðsla frá Guðrún Þórsdóttir", "Hafnarfjörður"},
	"ro": {"Data tranzacției;Sumă;Explicații", "Plată factură nr. 50 către Brăila Construct", "Încasare S.C. Știința S.R.L. București", "Societatea Comercială Rădăuți", "Chirie lună în curs, Iași", "Plată"},
	"pl": {"Data księgowania;Tytuł operacji;Kwota", "Przelew przychodzący: Spółdzielnia Łódź", "Zapłata za fakturę, Żółty Młyn", "OPŁATA ZA PROWADZENIE RACHUNKU", "Kraków, ul. Świętej Gertrudy", "Wójcik", "Łódź"},
	"cs": {"Datum zaúčtování;Částka;Měna;Zpráva pro příjemce", "Příchozí platba od Jiří Dvořák, Plzeň", "Škoda Auto, úhrada faktury č. 50", "Převod na účet Řemeslník s.r.o.", "Nájem květen, Ústí nad Labem", "Dvořák", "Kč"},
	"sk": {"Dátum zaúčtovania;Čiastka", "Prijatá platba Košické strojárne", "Ďakujeme, Ľubomír Hôrka", "Žilina, účet"},
	"hu": {"Könyvelés dátuma;Összeg;Közlemény", "Jóváírás Győri Fűszer Kft.", "Átutalás Szabó Gergő részére", "Számla kiegyenlítése, Székesfehérvár", "Kőbánya Sörgyár", "Tűzép", "Gergő"},
	"hr": {"Opis plaćanja;Račun", "Uplata Đorđević, Čakovec", "Račun br. 50 Županja", "Šibenik, kuća"},
	"tr": {"Açıklama;İşlem Tarihi", "Gönderen Yıldız İnşaat Ltd. Şti.", "Fatura ödemesi Beşiktaş Şubesi", "Kadıköy Çağrı"},
	"lt": {"Gavėjas;Mokėtojo sąskaita", "Apmokėjimas už prekes, Šiaulių energija", "UAB Žalgirio ąžuolas"},
	"lv": {"Maksājuma mērķis;Saņēmējs", "SIA Rīgas Ūdens, rēķins", "Jūrmala, Ķekava"},
	"et": {"Kuupäev;Tehingu summa", "OÜ Põhja Õlu, makse selgitus;EE382200221020145685", "Võru Jõesuu", "Tõnu;EE382200221020145685"},
	"el": {"Ημερομηνία;Ποσό;Αιτιολογία", "Πληρωμή τιμολογίου", "Αθήνα"},
	"ru": {"Дата;Назначение платежа;Сумма", "Оплата по счёту № 50 от 10.11.2026 за услуги связи, в т.ч. НДС 20%", "ООО «Ромашка», г. Москва", "ОПЛАТА ПО ДОГОВОРУ ПОСТАВКИ", "ПАО Сбербанк", "Ромашка"},
	"uk": {"Дата;Призначення платежу", "Оплата за послуги згідно рахунку № 50, Київ", "ТОВ «Їжак», м. Чернівці"},
	"bg": {"Дата;Основание;Сума", "Плащане по фактура 50, гр. София", "ЕТ Ъгъл"},
	"zh": {"交易日期;摘要;金额", "上海红星贸易有限公司 货款", "发票号50"},
	"fa": {"تاریخ;شرح;مبلغ", "واریز بابت فاکتور شرکت سپهر", "تهران"},
}

// pagesOf are those in which such lines are written; some letters have no place in some.
var pagesOf = map[string][]encoding.Encoding{
	"da": western, "no": western, "sv": western, "fi": western, "de": append([]encoding.Encoding{charmap.ISO8859_1, charmap.ISO8859_15, charmap.Windows1250, charmap.CodePage852}, western...), "fr": western, "es": western, "it": western, "pt": western, "is": western,
	"ro": central, "pl": central, "cs": central, "sk": central, "hu": central, "hr": central,
	"tr": {charmap.Windows1254}, "lt": {charmap.Windows1257}, "lv": {charmap.Windows1257}, "et": {charmap.Windows1257, charmap.Windows1252}, "el": {charmap.Windows1253},
	"ru": cyrillic, "uk": {charmap.Windows1251, charmap.KOI8U}, "bg": {charmap.Windows1251}, "zh": {simplifiedchinese.GB18030}, "fa": {charmap.Windows1256},
}

func encoded(s string, page encoding.Encoding) ([]byte, string, bool) {
	if page != charmap.CodePage850 { // commas below are younger than the pages
		s = strings.NewReplacer("ș", "ş", "ț", "ţ", "Ș", "Ş", "Ț", "Ţ").Replace(s)
	}
	if page == charmap.Windows1256 {
		s = strings.NewReplacer("ی", "ي", "ک", "ك").Replace(s)
	}
	out, err := page.NewEncoder().Bytes([]byte(s))
	return out, s, err == nil
}

func decodedAs(t *testing.T, data []byte, language string) string {
	t.Helper()
	s, err := newSource(bytes.NewReader(data), int64(len(data)), nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(s.text(nil, language))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// A file that does not say its page is read in the right one, whatever the company's language, be
// it long, or a single line that has one letter beside ASCII.
func TestCharsets(t *testing.T) {
	ascii := strings.Repeat("2026-11-20;transfer;100,00;EUR;payment\n", 8000)
	for language, lines := range written {
		for _, page := range pagesOf[language] {
			files := map[string]string{"whole": strings.Join(lines, "\n"), "at the end": ascii + strings.Join(lines, "\n") + "\n"}
			for _, line := range lines {
				files[line] = "2026-11-20;" + line + ";100,00\n"
			}
			for name, text := range files {
				data, want, ok := encoded(text, page)
				if !ok || isASCII(data) {
					continue
				}
				for _, company := range []string{"en", "ru", "ro", "it", "zh", "fa"} {
					if got := decodedAs(t, data, company); got != want {
						i := 0
						for i < len(got) && i < len(want) && got[i] == want[i] {
							i++
						}
						t.Errorf("%s in %v, %q, company %s: %.60q", language, page, name, company, got[max(0, i-8):])
					}
				}
			}
		}
	}
}

// names are what stands alone on lines of short statements.
var names = map[string]string{
	"da": "Køge Bugt Privathospital|Løkken Mobler|Kørsel oktober|Frederikssund Autoværksted|Grønt & Godt|Ladegård|Pedersen & Sønner|Østerbro VVS|Indbetaling af regning nr. 50 fra Æblegården|Bådudlejning|HØJBJERG EL|RANDERS KØKKEN|Bjarke Ålykke|Fynsværket|Smøreolie|tilgodehavende rykkergebyr opkræves|Årets rengøring|Vognmand Kjær|Nørrebro Cykler|Sæby",
	"no": "Drøbak Snekkeri|Lillestrøm Taxi|Trøndelag Fylkeskommune|Fakturabetaling Ås gård|Brønnøysund|Hønefoss Rørlegger|SØRLANDET BYGG|Stjørdal|Kristian Ødegaard|Lærdal Medical|Gråkallen|Møre Trafo|Strøm november|Regning fra Vårt Hus|Nesøya",
	"sv": "Växjö Kommun|Jönköping El|Räntor|Örebro Bygg|Åre Skidor|Sjöfart|Betalning från Skåne Trä AB|Hässleholm|LÄNSFÖRSÄKRINGAR|Umeå Energi|Årsavgift|Linköping|Bröderna Persson|Återbetalning|Västerås",
	"de": "Fußpflege Schröder|Großhandel Jäger|STÄDTISCHE WERKE MÜNSTER|Gebühren Oktober|Löhne|Rücklastschrift|Gärtnerei Grün|Bürobedarf|Lübeck|Würzburg|Heizöl|Tischlerei Böhm|Märkische Allgemeine|Hausverwaltung Weiß|Schlüsseldienst",
	"fr": "Société Lyonnaise|VIREMENT RECU DE MR LÉVÊQUE|Péage|Pâtisserie|Intérêts|Électricité de France|Garçon|Assurance santé|Chèque n° 12|Théâtre|Île-de-France|Noël|Côte d'Azur|Etudes Techniques Réunies|Crémerie Maître|Où|Forêt",
	"es": "Cádiz Marítima|Peluquería Peña|Ferretería Martín|Alquiler año 2026|A Coruña|Panadería|José Gómez|INGENIERÍA CATALÁN|Comisión|Suministros eléctricos|Gestoría López|Núñez|Jamón|Recibo teléfono|Logística",
	"it": "Libertà|Qualità|Pubblicità Emmecì|Perché|Università|Caffè|Più|LOCALITÀ PONTE|Forlì|Cantù|Sarà pagato|Virtù|Attività edile|Agrà|Così",
	"pt": "Conceição|Transportes Irmãos|Pão|Construções|Informática|Manutenção|Água|Farmácia|Lisboa Câmara|Comércio|Três|Óleos|Ração|Armazém|Guimarães",
	"ro": "Târgu Mureș|Plata facturii nr 50 Băcău|Piteşti|Gheorghe Popescu Făgăraș|Chirie sediu Oradea, str. Ștefan cel Mare|Constanţa|DOBÂNDĂ|Comision administrare, închidere|Mărfuri|Ţiriac|Înființare|Râmnicu Vâlcea|Ploieşti|ȘCOALA|Cumpărături",
	"pl": "Wrocław|Gdańsk|Poznań|Zażółć|Płatność kartą|Bielsko-Biała|Częstochowa|Usługi|Wynagrodzenie za październik|Zielona Góra|SPRZEDAŻ|Źródło|Święta|Piła|Przelew środków",
	"cs": "Brno, Košťálov|Třebíč|Česká pojišťovna|Náhrada škody|Údržba|Truhlářství Novák|Platba za zboží|Hradec Králové|Železářství|Vítkovice|ŘEDITELSTVÍ|Úrok|Stavební spořitelna|Děčín|Ostrava Poruba, nájemné",
	"hu": "Székesfehérvár|Győr|Kecskeméti Sütőipari|Bérleti díj|Szőke László|Kamat jóváírása|Ügyvédi iroda|Nyíregyháza|Tóth és Társa|Szállítás|FŰTÉS|Autószerviz Kft. Érd|Hűtőház|Pécs|Erdő",
	"tr": "İstanbul|Şişli|Çankaya|Gümüşhane|Işık Ltd.|Ağrı|Maaş ödemesi|Doğan Gıda|Üsküdar|Öztürk|Muğla|Kırıkkale|İZMİR|Güneş|Bağcılar",
	"ru": "за товар|ИП Иванов|по накладной|аренда|Москва|ГАЗПРОМ|оплата|ЗАО|Возврат|услуги связи|Юг|Щука|Эхо|цемент|КАЗАНЬ",
}

// A file of one word that has a letter beside ASCII is mostly read in its page, and a file of three
// always.
func TestCharsetsOfFewWords(t *testing.T) {
	for language, list := range names {
		for _, page := range pagesOf[language] {
			if page == charmap.CodePage850 || page == charmap.CodePage852 {
				continue
			}
			wrong, read, words := []string(nil), 0, strings.Split(list, "|")
			for i, word := range words {
				data, want, ok := encoded("2026-11-20;"+word+";100,00\n", page)
				if !ok || isASCII(data) {
					continue
				}
				if read++; decodedAs(t, data, "en") != want {
					wrong = append(wrong, word)
				}
				if i%3 != 0 || i+3 > len(words) {
					continue
				}
				if data, want, ok = encoded(strings.Join(words[i:i+3], ";1,00\n"), page); ok && decodedAs(t, data, "en") != want {
					t.Errorf("%s in %v: %q is read as %q", language, page, want, decodedAs(t, data, "en"))
				}
			}
			if len(wrong)*4 > read {
				t.Errorf("%s in %v: %d of %d words are read wrongly: %q", language, page, len(wrong), read, wrong)
			}
		}
	}
}

func BenchmarkGuessPage(b *testing.B) {
	var text strings.Builder
	for i := range 3000 {
		for _, line := range written["da"] {
			text.WriteString(line[:len(line)/2] + string(rune('a'+i%26)) + line + "\n")
		}
	}
	data, _ := charmap.Windows1252.NewEncoder().Bytes([]byte(strings.ToValidUTF8(text.String(), "")))
	for b.Loop() {
		guessPage(data[:headMax], "en")
	}
}
