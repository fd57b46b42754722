package bank

import (
	"strings"

	"duebot/adapters/cells"
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
			"data contabile|data ksiegowania|datum zauctovani|datum uctovani|data inregistrarii|data contabilizarii|дата проводки|记账日期|入账日期|bokforingsdag|bokforingsdatum|" +
			"konyveles datuma|konyvelesi datum|completed date|date completed|entry date|date|datum|data|fecha|дата|日期|تاریخ|tarih|dato|transaction date|date operation|" +
			"date de l operation|date d operation|fecha operacion|fecha de operacion|data operazione|data movimento|data do movimento|data lancamento|data mov|data operacji|" +
			"data transakcji|data tranzactiei|data operatiunii|data procesarii|дата операции|дата платежа|дата и время|дата документа|дата списания|交易日期|交易时间|تاریخ تراکنش|" +
			"datum provedeni|islem tarihi|tranzakcio datuma|created utc|created|started date|belegdatum|transaction time"},
		{ColValue, "value date|valutadatum|wertstellung|wertstellungsdatum|valuta|date valeur|date de valeur|rentedatum|fecha valor|data valuta|data valor|data waluty|datum valuty|" +
			"data valutei|дата валютирования|дата зачисления|起息日|ertektarih|ertek nap|valor|available on utc|transaction date|datum provedeni|data operazione|data operacji|belegdatum|started date"},
		{ColCurrency, "account currency|buchungswahrung|mena uctu|валюта счета|currency|ccy|cur|currency code|wahrung|waehrung|devise|munt|muntsoort|valuta|moneda|divisa|moeda|waluta|" +
			"mena|валюта|币种|货币|ارز|penznem|deviza|doviz|para birimi"},
		{ColSign, "d c|c d|d k|dr cr|cr dr|debit credit|credit debit|credit debit indicator|debit credit indicator|soll haben|s h|soll haben kennzeichen|af bij|bij af|debet credit|sens|" +
			"дт кт|приход расход|направление|借贷标志|收支标志|借贷|收支|debit or credit|direction|transaction direction|znak|dc|type|тип|тип операции|نوع"},
		{ColAmount, "net|net amount|zauctovana castka|buchungsbetrag|amount in account currency|сумма в валюте счета|amount|transaction amount|betrag|umsatz|montant|bedrag|importe|importo|" +
			"quantia|montante|kwota|kwota transakcji|castka|objem|suma|suma tranzactie|valoare|сумма|сумма операции|сумма платежа|金额|交易金额|发生额|مبلغ|belopp|belob|osszeg|tutar|" +
			"valor|value|sum|summa|amount out in|gross"},
		{ColDebit, "debit|debits|debit amount|withdrawal|withdrawals|withdrawal amount|paid out|money out|soll|ausgang|ausgaben|belastung|debet|debito|debitos|cargo|cargos|addebiti|addebito|dare|" +
			"uscite|saidas|obciazenia|obciazenie|wydatki|suma debit|дебет|расход|списание|сумма списания|сумма по дебету|списано|借方|支出|借方金额|支出金额|付款金额|بدهکار|برداشت|terheles|borc|odchozi|vydaj|out"},
		{ColCredit, "credit|credits|credit amount|deposit|deposits|paid in|money in|haben|gutschrift|eingang|einnahmen|krediet|credito|creditos|abono|abonos|accrediti|accredito|avere|entrate|" +
			"entradas|uznania|uznanie|wplywy|suma credit|кредит|приход|зачисление|сумма зачисления|сумма по кредиту|поступление|поступило|зачислено|贷方|收入|贷方金额|收入金额|收款金额|بستانکار|واریز|jovairas|alacak|prichozi|prijem|in"},
		{ColBalance, "balance|running balance|balance after|account balance|ledger balance|saldo|saldo nach buchung|kontostand|solde|saldo na boeking|saldo po operacji|sold|sold contabil|" +
			"zustatek|остаток|余额|账户余额|مانده|موجودی|bakiye|egyenleg|saldo contabile"},
		{ColGross, "gross|gross amount|brutto"},
		{ColFee, "fee|fees|gebuhr|gebuhren|poplatek|prowizja|comision|комиссия|手续费|کارمزد|commission|charge|charges"},
		{ColAccount, "auftragskonto|iban auftragskonto|own account|account iban|our account|account no|account number|account|konto|rekeningnummer|rekening|compte|numero de compte|cuenta|" +
			"conto|rachunek|moje konto|cislo uctu|cont|numar cont|iban cont|номер счета|счет|мой счет|账号|本方账号|شماره حساب|szamlaszam|hesap|umsatz getatigt von"},
		{ColParty, "counterparty account|counterparty iban|partner account|bank account|counterparty account number|kontonummer iban|gegenkonto|iban zahlungsbeteiligter|tegenrekening|" +
			"tegenrekening iban bban|rekeningnummer tegenpartij|rekening tegenpartij|iban tegenpartij|compte contrepartie|cuenta contraparte|iban controparte|rachunek kontrahenta|" +
			"cislo protiuctu|protiucet|cont partener|iban partener|cont beneficiar|счет контрагента|расчетный счет контрагента|р с контрагента|对方账号|对方帐号|对方账户|" +
			"partner szamlaszama|beneficiary account|kontonummer|iban|nr rachunku|numer rachunku|bankovni spojeni|counterparty|account number|account no|account"},
		{ColName, "counterparty name|partner name|naam tegenpartij|nazev protiuctu|nume partener|наименование контрагента|对方户名|对方名称|name zahlungsbeteiligter|nom contrepartie|" +
			"beguenstigter zahlungspflichtiger|begunstigter zahlungspflichtiger|auftraggeber begunstigter|auftraggeber empfanger|auftraggeber|zahlungspflichtiger|zahlungspflichtige r|zahlungsempfanger|" +
			"payer|payee|payer payee|beneficiary|beneficiary name|merchant|merchant name|empfanger|naam tegenrekening|tegenpartij|contrepartie|tiers|contraparte|ordenante|beneficiario|" +
			"ordinante|controparte|kontrahent|nazwa kontrahenta|nadawca odbiorca|protistrana|partener|ordonator|beneficiar|контрагент|плательщик|получатель|плательщик получатель|корреспондент|" +
			"对手方|交易对手|طرف حساب|partner neve|partner|motpart|gonderen|name|naam|nom|nome|nume|naam omschrijving|户名|نام|counterparty|sender|from"},
		{ColBank, "bic|bic tegenpartij|bic swift|bic code|swift|blz|bankleitzahl|bank code|бик|бик банка"},
		{ColTax, "инн|инн контрагента|cui|cif|cod fiscal|tax id|vat number"},
		{ColCreditor, "variabilni symbol|variabilni symbol 1|vs|variable symbol|gestructureerde mededeling|communication structuree|structured communication|kid|ocr|viitenumero|viite"},
		{ColDocument, "invoice number|invoice id|invoice no|invoice|rechnungsnummer|factura"},
		{ColID, "transaction id|id transakce|id tranzactie|id операции|balance transaction id|transaction reference|bank reference|referencni cislo transakce|buchungsreferenz|" +
			"transactiereferentie|record id|fitid|numer referencyjny|numer transakcji|referinta banca|numar referinta|уникальный номер|交易流水号|流水号|شماره پیگیری|کد رهگیری|arkivreferens|" +
			"reference number|reference no|ref|id"},
		{ColReference, "end to end reference|end to end id|kundenreferenz|kundenreferenz end to end|customer reference|payment reference|reference|referenz|referentie|reference client|" +
			"referencia|riferimento|reference platby|referinta|referinta client|номер документа|no документа|номер п п|номер|凭证号|شماره سند|referens|document number|doc no"},
		{ColStatus, "status|state|stav|статус|stan|stare|estado|stato|statut|状态|وضعیت|info"},
		{ColText, "text|description|details|detail|label|memo|narrative|particulars|transaction details|transaction description|transactions|transaction|payment details|remittance|" +
			"remittance information|purpose|message|note|notes|subject|verwendungszweck|buchungstext|vorgang verwendungszweck|transaktionsbeschreibung|transaktionsbeschreibung zusatz|" +
			"buchungsinformationen|zahlungsreferenz|omschrijving|mededelingen|mededeling|vrije mededeling|beschrijving|libelle|libelle operation|communication|communications|motif|" +
			"concepto|descripcion|observaciones|descrizione|causale|descrizione operazione|descricao|historico|opis|tytul|tytulem|opis operacji|opis transakcji|tytul operacji|" +
			"szczegoly transakcji|popis|zprava|zprava pro prijemce|poznamka|descriere|detalii|detalii tranzactie|detalii plata|explicatii|назначение|назначение платежа|описание|" +
			"описание операции|основание|комментарий|摘要|附言|用途|备注|说明|交易摘要|شرح|توضیحات|بابت|beskrivning|meddelande|tekst|kozlemeny|leiras|aciklama|item1|item2"},
	}
	return func() []heading { return list }
}()

// known is how many columns a line of headings names.
func known(line []string) int {
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
	return len(found)
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
	for name := range cells.Folded("d|dr|dbit|debit|debet|debito|s|soll|af|dt|д|дт|дебет|расход|списание|out|outgoing|借|支出|借方|支|برداشت|بدهکار|cargo|addebito|obciazenie|borc|t|terheles|wn") {
		out[name] = -1
	}
	for name := range cells.Folded("c|cr|crdt|credit|krediet|kredit|credito|h|haben|bij|k|kt|к|кт|кредит|приход|зачисление|поступление|in|incoming|贷|收入|贷方|收|واریز|بستانکار|abono|accredito|uznanie|alacak|j|jovairas|ma") {
		out[name] = 1
	}
	return out
}()

// notBooked begin or stand in what says that a line is not booked, or never will be.
var notBooked = []string{"pend", "vorgemerkt", "vorlaufig", "reserv", "hold", "processing", "ausstehend", "nicht gebucht", "unbooked", "denied", "cancel", "failed", "declin", "revert", "storn",
	"annul", "reject", "отклон", "отмен", "в обработке", "не исполнен", "ожида", "oczekuj", "odrzuc", "cekaj", "nezauct", "asteptare", "respins", "in corso", "待", "处理中", "失败", "在途", "در انتظار", "ناموفق"}

// Words in rows that are no lines: balances and totals.
var (
	openingWords = cells.Folded("opening balance|balance brought forward|brought forward|anfangssaldo|anfangsbestand|alter kontostand|saldo iniziale|saldo inicial|saldo anterior|solde initial|" +
		"solde precedent|beginsaldo|saldo poczatkowe|pocatecni zustatek|sold initial|начальный остаток|входящий остаток|остаток на начало|входящее сальдо|期初余额|上期余额|مانده اول دوره|nyito egyenleg|ingaende saldo|pradinis likutis")
	closingWords = cells.Folded("closing balance|balance carried forward|carried forward|endsaldo|endbestand|neuer kontostand|saldo finale|saldo final|solde final|nouveau solde|eindsaldo|" +
		"saldo koncowe|konecny zustatek|sold final|конечный остаток|исходящий остаток|остаток на конец|исходящее сальдо|期末余额|本期余额|مانده پایان دوره|zaro egyenleg|utgaende saldo|galutinis likutis")
	totalWords = cells.Folded("total|totals|grand total|sum|gesamt|summe|gesamtsumme|итого|всего|total general|totale|totale generale|合计|总计|جمع|جمع کل|suma total|razem|celkem")
	// What the words below a table begin with.
	footWords = strings.Fields("saldo kontostand total balance sum summe остаток итого всего сальдо оборот sold solde zustatek stan razem celkem rulaj 合计 总计 余额 مانده جمع available ledger")
	// What a payment's purpose can be no word of is a total even where it has a day.
	turnoverWords = cells.Folded("turnover|turnovers|total turnover|обороты|обороты за период|итого оборотов|rulaj|rulaje|total rulaj|total rulaje|本期发生额|apyvarta|umsatzsumme")
)
