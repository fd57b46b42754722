package bank

import (
	"strings"

	"duebot/adapters/cells"
	"duebot/ledger"
)

// heading is what banks call a column, the surer names first: in English, German, French, Dutch,
// Spanish, Italian, Portuguese, Polish, Czech, Romanian, Russian, Chinese, Persian, and some words
// of Swedish, Hungarian, Lithuanian and Turkish.
type heading struct {
	column Column
	names  string // folded, divided by bars
}

var headings = func() func() []heading {
	list := []heading{
		{ColDate, "booking date|posting date|posted date|date posted|post date|buchungstag|buchungsdatum|buchung|date comptable|boekingsdatum|boekdatum|fecha contable|" +
			"data contabile|data registrazione|data ksiegowania|datum zauctovani|datum uctovani|data inregistrarii|data contabilizarii|дата проводки|дата обработки операции|记账日期|记账日|入账日期|bokforingsdag|bokforingsdatum|" +
			"konyveles datuma|konyvelesi datum|completed date|date completed|entry date|date|datum|data|fecha|дата|日期|تاریخ|tarih|dato|transaction date|date operation|" +
			"date de l operation|date d operation|fecha operacion|fecha de operacion|data operazione|data movimento|data do movimento|data lancamento|data mov|data operacji|" +
			"data transakcji|data tranzactiei|data tranzactie|data operatiunii|data procesarii|дата операции|дата платежа|дата и время|дата документа|дата списания|дата совершения операции|дата транзакции|дата i час операції|дата операції|dateop|kuupaev|交易日期|交易日|业务日期|交易时间|تاریخ تراکنش|تاریخ سند|تاریخ عملیات|تاریخ ثبت|تاریخ و زمان|datum verrichting|date processed|processing date|" +
			"datum provedeni|islem tarihi|tranzakcio datuma|created utc|created|started date|belegdatum|transaction time|txn date|tran date|trans date|date utc|发生时间|业务发生时间|入账时间|记账时间|data finalizarii tranzactiei|transactiedatum|kirjauspaiva|maksupaiva|datum knjizenja|datum prometa|datum knjizbe|datum zauctovania|data mov|ημερομηνια|ημ νια|ngay giao dich|tanggal|tanggal transaksi|التاريخ|dia|posted transactions date|completion time"},
		{ColValue, "value date|value dt|date de la valeur|valutadatum|wertstellung|wertstellungsdatum|valuta|date valeur|date de valeur|rentedatum|fecha valor|data valuta|data valor|data waluty|datum valuty|" +
			"data valutei|дата валютирования|дата зачисления|起息日|ertektarih|ertek nap|erteknap|value dat|wert|dateval|f valor|valutadag|datum verrekening|valor|available on utc|transaction date|datum provedeni|data operazione|data operacji|belegdatum|started date|rentedato|arvopaiva|تاریخ ارزش|تاریخ موثر|datum valute|datum valutacije|вальор|datum valuty"},
		{ColCurrency, "account currency|buchungswahrung|mena uctu|валюта счета|валюта платежа|payment currency|记账币种|billing currency|currency|ccy|cur|currency code|wahrung|waehrung|devise|munt|muntsoort|valuta|moneda|divisa|moeda|waluta|" +
			"mena|валюта|币种|币别|货币|交易币种|ارز|penznem|deviza|devizanem|devies|valuuta|valiuta|tranzakcio devizaneme|валюта операции|doviz|para birimi|valutacode|交易货币"},
		{ColSign, "d c|c d|d k|dr cr|cr dr|debit credit|credit debit|credit debit indicator|debit credit indicator|soll haben|s h|soll haben kennzeichen|terheles jovairas|jovairas terheles|af bij|bij af|debet credit|sens|" +
			"дт кт|приход расход|направление|借贷标志|收支标志|借贷|收支|收 支|借 贷|收支类型|bevetel kiadas|deebet kreedit|debit or credit|direction|transaction direction|debet kredit|дебет кредит|znak|dc|type|тип|тип операции|نوع|creditdebet|debetcredit|προσημο ποσου|προσημο|χρεωση πιστωση"},
		{ColAmount, "net|net amount|netto|total amount|montant total ttc|montant total|收支金额|сума в валюті картки|zauctovana castka|buchungsbetrag|amount in account currency|сумма в валюте счета|сумма пересчитанная в валюту счета|сумма платежа|记账金额|billing amount|amount|transaction amount|betrag|umsatz|montant|bedrag|importe|importo|" +
			"quantia|montante|kwota|kwota transakcji|castka|objem|suma|suma tranzactie|valoare|сумма|сумма операции|金额|交易金额|发生额|发生金额|مبلغ|tranzakcio osszege|kwota transakcji waluta rachunku|сума|belopp|belob|osszeg|tutar|" +
			"valor|value|sum|summa|amount out in|gross|maara|maara euroa|bedrag eur|jumlah|mutasi|ποσο|islem tutari|iznos|znesek"},
		{ColDebit, "debit|debits|debit amount|debit amt|withdrawal|withdrawals|withdrawal amount|withdrawal amt|paid out|money out|soll|ausgang|ausgaben|belastung|debet|debito|debitos|cargo|cargos|addebiti|addebito|dare|" +
			"uscite|saidas|obciazenia|obciazenie|wydatki|suma debit|дебет|расход|списание|сумма списания|сумма по дебету|сумма дебет|обороты дебет|оборот дебет|amount debit|importo dare|betrag soll|списано|借方|支出|借方金额|借方发生额|记账金额 支出|支出金额|转出金额|付款金额|支取金额|交易金额 支出|بدهکار|برداشت|مبلغ برداشت|مبلغ بدهکار|گردش بدهکار|مبلغ گردش بدهکار|lastschrift|paid out amount|terheles|borc|odchozi|vydaj|out|ut fra konto|ut av konto|zaduzenje|isplata|isplate|duguje|odliv|breme|дебит|χρεωση|withdrawn|ghi no|so tien ghi no|مدين|cargos clp|debito clp|お支払金額|支払い金額|お引出し|출금액|חובה"},
		{ColCredit, "credit|credits|credit amount|credit amt|deposit|deposits|deposit amt|paid in|money in|haben|gutschrift|eingang|einnahmen|krediet|credito|creditos|abono|abonos|accrediti|accredito|avere|entrate|" +
			"entradas|uznania|uznanie|wplywy|suma credit|кредит|приход|зачисление|сумма зачисления|сумма по кредиту|сумма кредит|обороты кредит|оборот кредит|amount credit|importo avere|betrag haben|поступление|поступило|зачислено|贷方|收入|贷方金额|贷方发生额|记账金额 收入|收入金额|转入金额|收款金额|存入金额|交易金额 收入|بستانکار|واریز|مبلغ واریز|مبلغ بستانکار|گردش بستانکار|مبلغ گردش بستانکار|deposit amount|jovairas|alacak|prichozi|prijem|in|inn pa konto|odobrenje|uplata|uplate|potrazuje|priliv|dobro|πιστωση|ghi co|so tien ghi co|دائن|お預り金額|預かり金額|お預入れ|입금액|זכות"},
		{ColBalance, "balance|running balance|balance after|account balance|ledger balance|saldo|saldo nach buchung|kontostand|solde|saldo na boeking|saldo po operacji|sold|sold contabil|" +
			"zustatek|остаток|balanta|余额|账户余额|账户结余|联机余额|本次余额|交易后余额|当前余额|مانده|مانده حساب|موجودی|saldo na trn|saldo na transactie|остаток после операции|closing balance|guthaben|running bal|accountbalance|disponible|saldo po transakcji|bokfort saldo|залишок після операції|bakiye|egyenleg|saldo contabile|stanje|stanje nakon|салдо|υπολοιπο|λογιστικο υπολοιπο|saldo contabilistico|so du|الرصيد|差引残高|残高|잔액|יתרה|zostatok"},
		{ColGross, "gross|gross amount|brutto"},
		{ColFee, "fee|fees|gebuhr|gebuhren|poplatek|prowizja|comision|комиссия|手续费|کارمزد|commission|charge|charges"},
		{ColAccount, "iban auftragskonto|iban du compte|iban auftraggeberkonto|auftragskonto|auftraggeberkonto|own account|account iban|our account|account no|account number|account|konto|rekeningnummer|rekening|compte|numero de compte|cuenta|" +
			"conto|rachunek|moje konto|cislo uctu|cont|numar cont|iban cont|номер счета|счет|мой счет|账号|本方账号|我方账号|شماره حساب|szamlaszam|hesap|umsatz getatigt von|iban bban|kontonummer|accountnum|kliendi konto|saskaitos nr"},
		{ColParty, "counterparty account|counterparty iban|partner iban|partner account|bank account|counterparty account number|kontonummer iban|gegenkonto|iban zahlungsbeteiligter|tegenrekening|" +
			"tegenrekening iban bban|rekeningnummer tegenpartij|rekening tegenpartij|iban tegenpartij|compte contrepartie|cuenta contraparte|iban controparte|rachunek kontrahenta|" +
			"cislo protiuctu|protiucet|cont partener|iban partener|cont beneficiar|счет контрагента|расчетный счет контрагента|р с контрагента|对方账号|对方帐号|对方账户|对方卡号 账号|对方账户账号|" +
			"partner szamlaszama|beneficiary account|beneficiary iban|payee account number|iban kontonummer|收 付 方帐号|收 付 方账号|nr cont ordonator beneficiar|saaja maksja konto|kontonummer|iban|nr rachunku|numer rachunku|bankovni spojeni|counterparty|account number|account no|account|контрагент счет|рахунок кореспондента|рахунок контрагента|tegenrekeningnummer|protiucet|cislo protiuctu|racun primatelja platitelja"},
		{ColName, "counterparty name|partner name|naam tegenpartij|nazev protiuctu|nume partener|наименование контрагента|对方户名|对方名称|对方账户名|对方账户名称|对方单位名称|name zahlungsbeteiligter|nom contrepartie|nom de la contrepartie|numele beneficiarului platitorului|nume beneficiar platitor|" +
			"beguenstigter zahlungspflichtiger|begunstigter zahlungspflichtiger|empfanger zahlungspflichtiger|auftraggeber begunstigter|auftraggeber empfanger|auftraggeber|zahlungspflichtiger|zahlungspflichtige r|zahlungsempfanger|" +
			"payer|payee|payer payee|beneficiary|beneficiary name|merchant|merchant name|empfanger|naam tegenrekening|tegenpartij|contrepartie|tiers|contraparte|ordenante|beneficiario|" +
			"ordinante|controparte|kontrahent|nazwa kontrahenta|nadawca odbiorca|protistrana|partener|ordonator|beneficiar|контрагент|плательщик|получатель|плательщик получатель|корреспондент|" +
			"对手方|交易对手|交易对方|对手信息|对方信息|商户名称|收 付 方名称|dane kontrahenta|nume denumire ordonator beneficiar|saaja maksja nimi|gavejas|naam tegenpartij bevat|supplierfound|طرف حساب|partner neve|partner|motpart|gonderen|name|naam|nom|nome|nume|naam omschrijving|户名|نام|counterparty|counter party|sender|from|контрагент наименование|назва кореспондента|назва контрагента|tegenrekeninghouder|saaja maksaja|namn|naziv primatelja platitelja|naziv platitelja|naziv primatelja|nazov protiuctu|naziv partnera|other party info|контрагент име|naziv"},
		{ColBank, "bic tegenpartij|bic swift code zahlungsbeteiligter|counterparty bic|对方开户行|对方行名|bic swift|bic swift code|bic|bic code|swift|blz|bankleitzahl|bank code|бик|бик банка|контрагент бик"},
		{ColTax, "инн|инн контрагента|cui|cif|cod fiscal|tax id|vat number|контрагент инн|єдрпоу кореспондента|єдрпоу контрагента|єдрпоу|inn"},
		{ColCreditor, "variabilni symbol|variabilni symbol 1|vs|variable symbol|gestructureerde mededeling|communication structuree|structured communication|kid|ocr|viitenumero|viite|betalingskenmerk|viitenumber|شناسه واریز|شناسه پرداخت|variabilny symbol|poziv na broj"},
		{ColDocument, "invoice number|invoice id|invoice no|invoice|rechnungsnummer|factura"},
		{ColID, "transaction id|transferwise id|volgnr|transaktionscode|transaktions nr|nr transakcji|identificador|arhiveerimistunnus|iraso nr|dekont no|chq ref number|id transakce|id tranzactie|id операции|balance transaction id|transaction reference|bank reference|referencni cislo transakce|buchungsreferenz|" +
			"record id|fitid|numer referencyjny|numer transakcji|referinta banca|referinta tranzactiei|numar referinta|референс проводки|уникальный номер|identifiant de transaction|ref no cheque no|chq ref no|账务流水号|资金流水单号|交易流水号|流水号|交易订单号|交易单号|日志号|日 志 号|شماره پیگیری|کد رهگیری|arkivreferens|" +
			"reference number|reference no|ref|id|arkistointitunnus"},
		{ColReference, "end to end reference|end to end id|kundenreferenz|kundenreferenz end to end|customer reference|payment reference|reference|referenz|referentie|transactiereferentie|reference client|" +
			"referencia|riferimento|reference platby|referinta|referinta client|номер документа|no документа|номер п п|номер|凭证号|商家订单号|商户订单号|商户单号|业务凭证号|شماره سند|referens|document number|doc no"},
		{ColStatus, "status|state|stav|статус|stan|stare|estado|stato|statut|状态|交易状态|当前状态|وضعیت|contabilizzazione|balance impact|info"},
		{ColText, "text|description|details|detail|label|memo|narrative|particulars|transaction details|transaction description|transactions|transaction|payment details|remittance|" +
			"remittance information|purpose|message|note|notes|subject|verwendungszweck|buchungstext|vorgang verwendungszweck|transaktionsbeschreibung|transaktionsbeschreibung zusatz|" +
			"buchungsinformationen|zahlungsreferenz|omschrijving|omschrijving 1|omschrijving 2|omschrijving 3|toelichting|narration|transaction remarks|bank description|avisierungstext|zahlungszweck|beschreibung1|beschreibung2|beschreibung3|movimiento|szczegoly|transactie|descrierea tranzactiei|selgitus|paaiskinimai|деталі операції|операция|детали|betreff|handelaar|beschreibung|mededelingen|mededeling|vrije mededeling|beschrijving|libelle|libelle operation|communication|communications|motif|" +
			"concepto|descripcion|observaciones|descrizione|descrizione completa|causale|causale operazione|descrizione operazione|operazione|dettagli|dettaglio|descricao|historico|opis|tytul|tytulem|opis operacji|opis transakcji|tytul operacji|" +
			"szczegoly transakcji|popis|zprava|zprava pro prijemce|poznamka|descriere|detalii|detalii tranzactie|detalii plata|explicatii|назначение|назначение платежа|описание|" +
			"описание операции|основание|основание платежа|комментарий|摘要|附言|用途|备注|说明|交易摘要|交易附言|客户摘要|商品说明|商品|交易说明|شرح|توضیحات|بابت|beskrivning|meddelande|tekst|kozlemeny|reszletek|leiras|aciklama|item1|item2|tranzactii finalizate|商品名称|شرح تراکنش|شرح عملیات|شرح سند|призначення платежу|призначення|forklaring|rubrik|selitys|viesti|opmerking|opis placanja|namen|svrha|svrha placanja|svrha doznake|popis transakcie|περιγραφη|αιτιολογια|keterangan|uraian|mo ta|noi dung|dien giai|description1|description2|description3|description 1|description 2|description 3|descriptions|transaction ref1|transaction ref2|transaction ref3|concepto referencia|الوصف|البيان|摘要内容|내용|적요|תיאור הפעולה|תיאור"},
	}
	for i, h := range list {
		names := strings.Split(h.names, "|")
		for j, name := range names {
			names[j] = strokes.Replace(cells.Fold(name))
		}
		list[i].names = strings.Join(names, "|")
	}
	return func() []heading { return list }
}()

// sidePair are the headings of both sides of a line, by the column that either would be alone.
type sidePair struct {
	one, payer, payee Column
	payers, payees    map[string]bool
}

var bothSides = []sidePair{
	{ColName, ColPayer, ColPayee,
		cells.Folded("zahlungspflichtige r|zahlungspflichtiger|auftraggebername|auftraggeber|payer|payer name|плательщик|наименование плательщика|付款人|付款人名称|付款人户名|付款方|付款方名称|付款方户名|" +
			"ordinante|ordonator|nume ordonator|platitor|nume platitor|ordenante|donneur d ordre|nadawca|zleceniodawca|پرداخت کننده|واریز کننده"),
		cells.Folded("zahlungsempfanger in|zahlungsempfanger|empfangername|empfanger|payee|payee name|beneficiary|beneficiary name|получатель|наименование получателя|收款人|收款人名称|收款人户名|收款方|" +
			"收款方名称|收款方户名|beneficiario|beneficiar|nume beneficiar|beneficiaire|odbiorca|ذینفع|گیرنده|دریافت کننده")},
	{ColParty, ColPayerAccount, ColPayeeAccount,
		cells.Folded("auftraggeber iban kto nr|iban zahlungspflichtiger|payer account|payer iban|payer account number|счет плательщика|р с плательщика|расчетный счет плательщика|付款人账号|付款人帐号|付款方账号|付款账号|" +
			"счет дебет|счет по дебету|дебет счет|cont platitor|cont ordonator|iban ordonator|iban platitor|iban ordinante|conto ordinante|rachunek nadawcy|حساب مبدا"),
		cells.Folded("empfanger iban kto nr|iban zahlungsempfanger|payee account|payee iban|payee account number|beneficiary account|beneficiary iban|счет получателя|р с получателя|расчетный счет получателя|收款人账号|收款人帐号|" +
			"收款方账号|收款账号|счет кредит|счет по кредиту|кредит счет|cont beneficiar|iban beneficiar|iban beneficiario|conto beneficiario|rachunek odbiorcy|حساب مقصد")},
	{ColTax, ColPayerTax, ColPayeeTax, cells.Folded("инн плательщика|плательщик инн|cui platitor|cui ordonator"), cells.Folded("инн получателя|получатель инн|cui beneficiar")},
}

// known is how many columns a line of headings names.
func known(line []string) int { return len(columnsIn(line)) }

func columnsIn(line []string) map[Column]bool {
	found := map[Column]bool{}
	for _, cell := range line {
		name, _ := headingOf(cell)
		if len(name) > 60 || name == "" {
			continue
		}
		if c, ok := columnNames[name]; ok {
			found[c] = true
		}
	}
	return found
}

// columnNames are all names of columns.
var columnNames = func() map[string]Column {
	out := map[string]Column{}
	for _, h := range headings() {
		for name := range strings.SplitSeq(h.names, "|") {
			if _, ok := out[name]; !ok {
				out[name] = h.column
			}
		}
	}
	return out
}()

// signs are words for what went (-1) and what came (1), folded.
var signs = func() map[string]int {
	out := map[string]int{}
	for name := range cells.Folded("d|dr|db|χ|χρεωση|dbit|debit|debet|debito|s|soll|af|dt|д|дт|дебет|расход|списание|out|outgoing|借|支出|借方|支|برداشت|بدهکار|cargo|addebito|obciazenie|borc|t|terheles|wn|outflow|kiadas|ausgang|uscita|paid out|withdrawal|money out|sent|auszahlung|zahlungsausgang|retrait|decaissement|plata|egreso|gasto|wyplata|wydatek|转出|出账|支取|برداشتی") {
		out[name] = -1
	}
	for name := range cells.Folded("c|cr|π|πιστωση|crdt|credit|krediet|kredit|credito|h|haben|bij|k|kt|к|кт|кредит|приход|зачисление|поступление|in|incoming|贷|收入|贷方|收|واریز|بستانکار|abono|accredito|uznanie|alacak|j|jovairas|ma|inflow|bevetel|eingang|entrata|paid in|deposit|money in|received|einzahlung|zahlungseingang|versement|encaissement|incasare|ingreso|wplata|wplyw|转入|入账|存入|واریزی") {
		out[name] = 1
	}
	return out
}()

// sign is a direction by a word.
type sign int

const (
	signNone    sign = iota
	signOut          // money went
	signIn           // money came
	signNeither      // it only moved, as within a purse
)

// signOf is the direction that a cell says, whole or by its first word, where that is of no Latin
// letters: "贷 Cr", but not "Credit transfer".
func signOf(s string) sign {
	folded := cells.Fold(s)
	first, _, _ := strings.Cut(folded, " ")
	if isASCII([]byte(first)) {
		first = ""
	}
	for _, word := range []string{folded, first} {
		switch {
		case signs[word] < 0:
			return signOut
		case signs[word] > 0:
			return signIn
		}
	}
	if strings.TrimSpace(s) == "/" || folded == "不计收支" || folded == "中性交易" {
		return signNeither
	}
	return signNone
}

// currencyNames are what banks write for a currency beside its code. Toman is ten rials, and no
// currency: what is written in it is not read as if it were.
var currencyNames = map[string]ledger.Currency{"rur": "RUB", "руб": "RUB", "рубль": "RUB", "российский рубль": "RUB", "₽": "RUB", "人民币": "CNY", "人民币元": "CNY", "元": "CNY", "rmb": "CNY", "美元": "USD",
	"欧元": "EUR", "euros": "EUR", "euro": "EUR", "港币": "HKD", "日元": "JPY", "英镑": "GBP", "€": "EUR", "£": "GBP", "zl": "PLN", "kc": "CZK", "₺": "TRY", "₴": "UAH", "₸": "KZT", "ریال": "IRR", "﷼": "IRR", "تومان": "تومان"}

func currencyNamed(s string) ledger.Currency {
	return currencyNames[strokes.Replace(cells.Fold(strings.TrimSpace(s)))]
}

// notBooked begin or stand in what says that a line is not booked, or never will be.
var notBooked = []string{"pend", "vorgemerkt", "vorlaufig", "reserv", "hold", "processing", "ausstehend", "nicht gebucht", "unbooked", "denied", "cancel", "failed", "venter", "väntar", "prelimin", "declin", "revert", "storn",
	"annul", "reject", "refus", "rifiut", "rechaz", "abgelehnt", "fehlgeschlagen", "expired", "void", "blocked", "iptal", "отказ", "отклон", "отмен", "в обработке", "не исполнен", "ожида", "oczekuj", "odrzuc", "cekaj", "nezauct", "asteptare", "respins", "in corso", "non contabilizzat", "待", "处理中", "失败", "关闭", "在途", "撤销", "拒绝", "در انتظار", "ناموفق", "لغو"}

// Words in rows that are no lines: balances and totals.
var (
	openingWords = cells.Folded("opening balance|balance brought forward|brought forward|anfangssaldo|anfangsbestand|alter kontostand|saldo iniziale|saldo inicial|saldo anterior|solde initial|ancien solde|" +
		"solde precedent|beginsaldo|saldo poczatkowe|pocatecni zustatek|sold initial|начальный остаток|входящий остаток|остаток на начало|входящее сальдо|期初余额|上期余额|مانده اول دوره|nyito egyenleg|ingaende saldo|pradinis likutis")
	closingWords = cells.Folded("closing balance|balance carried forward|carried forward|endsaldo|endbestand|neuer kontostand|saldo finale|saldo final|solde final|nouveau solde|eindsaldo|" +
		"saldo koncowe|konecny zustatek|sold final|конечный остаток|исходящий остаток|остаток на конец|исходящее сальдо|期末余额|本期余额|مانده پایان دوره|zaro egyenleg|utgaende saldo|galutinis likutis")
	totalWords = cells.Folded("total|totals|grand total|sum|gesamt|summe|gesamtsumme|итого|всего|total general|totale|totale generale|合计|总计|جمع|جمع کل|suma total|razem|celkem")
	// What the words below a table begin with.
	footWords = strings.Fields("saldo kontostand total balance sum summe остаток итого всего сальдо оборот sold solde zustatek stan razem celkem rulaj 合计 总计 余额 مانده جمع available ledger")
	// What heads a table of totals below the table of lines.
	tailWords = cells.Folded("资金流水总笔数|总交易单数|总笔数")
	// What a payment's purpose can be no word of is a total even where it has a day.
	turnoverWords = cells.Folded("turnover|turnovers|total turnover|обороты|обороты за период|итого оборотов|количество операций|rulaj|rulaje|total rulaj|total rulaje|本期发生额|apyvarta|umsatzsumme")
)
