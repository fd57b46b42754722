package exchange

import (
	"slices"
	"strings"

	"duebot/adapters/cells"
)

// The columns that are understood.
const (
	colHandle    = "handle"   // a customer's handle, or his number in another program
	colCustomer  = "customer" // of an invoice or a payment: handle, number or name
	colName      = "name"
	colCurrency  = "currency"
	colLanguage  = "language"
	colZone      = "zone"
	colTerms     = "terms"
	colLimit     = "limit"
	colOwner     = "owner"
	colSegment   = "segment"
	colMail      = "email"
	colLegal     = "legalname"
	colAddress   = "address"
	colTaxID     = "taxid"
	colRegister  = "registration"
	colNumber    = "number"
	colDate      = "date"
	colDue       = "due"
	colOpen      = "open"
	colAmount    = "amount"
	colText      = "text"
	colQuantity  = "quantity"
	colPrice     = "price"
	colTax       = "tax"
	colReference = "reference"
	colPaid      = "paid"
	colPaidOn    = "paidon"
)

// headings are what programs call the columns: in English, German, Russian, Romanian, Italian,
// Chinese and Persian. They are compared folded.
var headings = map[string]string{
	colHandle: "handle|code|customer code|customer id|customer no|customer number|client code|client id|account|account no|account number|debtor no|" +
		"kundennummer|kundennr|kunden nr|kunden nummer|debitor|debitorennummer|debitoren nr|debitorenkonto|код клиента|код контрагента|код|номер клиента|" +
		"cod client|cod|codice cliente|codice|客户编号|客户代码|客户编码|کد مشتری|شماره مشتری",
	colCustomer: "customer|client|debtor|buyer|bill to|kunde|клиент|контрагент|покупатель|заказчик|должник|плательщик|cumparator|cliente|客户|买方|مشتری|خریدار",
	colName: "name|customer name|client name|company|company name|legal name|firma|firmenname|kundenname|наименование|название|наименование контрагента|" +
		"наименование клиента|denumire|nume|nume client|denumire client|nome|ragione sociale|denominazione|客户名称|名称|公司名称|公司|نام|نام مشتری|نام شرکت",
	colCurrency: "currency|ccy|currency code|wahrung|валюта|moneda|valuta|divisa|币种|货币|ارز|واحد پول",
	colLanguage: "language|lang|sprache|язык|limba|lingua|语言|زبان",
	colZone:     "zone|tz|time zone|timezone|zeitzone|часовой пояс|fus orar|fuso orario|时区|منطقه زمانی",
	colTerms: "terms|payment terms|payment term|zahlungsbedingung|zahlungsbedingungen|zahlungsziel|условия оплаты|отсрочка|отсрочка платежа|termen de plata|" +
		"conditii de plata|condizioni di pagamento|termini di pagamento|付款条件|账期|شرایط پرداخت",
	colLimit:   "limit|credit limit|kreditlimit|kreditlinie|кредитный лимит|лимит|limita de credit|limita credit|fido|limite di credito|信用额度|سقف اعتبار",
	colOwner:   "owner|slack owner",
	colSegment: "segment|group|customer group|kundengruppe|сегмент|группа|группа клиентов|grup|gruppo|segmento|客户分类|客户类别|گروه",
	colMail:    "email|e mail|mail|email address|e mail adresse|почта|эл почта|электронная почта|adresa email|posta elettronica|邮箱|电子邮件|电子邮箱|ایمیل",
	colLegal:   "full name|full legal name|registered name|полное наименование|юридическое наименование|наименование полное|denumire completa|ragione sociale completa|公司全称|全称|نام ثبتی|نام کامل",
	colAddress: "address|billing address|postal address|legal address|registered address|adresse|anschrift|rechnungsadresse|адрес|юридический адрес|почтовый адрес|" +
		"adresa|adresa sediu|sediu|sediul social|indirizzo|sede|sede legale|地址|注册地址|公司地址|نشانی|آدرس",
	colTaxID: "tax id|taxid|tax number|tax no|vat id|vat number|vat no|ein|ust id|ust idnr|ust id nr|umsatzsteuer id|steuernummer|инн|бин|иин|cui|cif|cod fiscal|" +
		"partita iva|p iva|codice fiscale|税号|纳税人识别号|统一社会信用代码|شناسه ملی|کد اقتصادی",
	colRegister: "registration|registration no|registration number|company number|register|handelsregister|hrb|огрн|кпп|рег номер|nr reg com|registrul comertului|" +
		"rea|registro imprese|注册号|شماره ثبت",
	colNumber: "number|no|invoice|invoice number|invoice no|invoice id|document|document number|document no|doc no|bill no|rechnung|rechnungsnummer|rechnungsnr|" +
		"rechnungs nr|rechnung nr|belegnummer|belegnr|beleg nr|номер|счет|номер счета|no счета|счет no|документ|номер документа|накладная|номер накладной|" +
		"factura|numar factura|nr factura|numar document|nr document|numar|fattura|numero fattura|n fattura|numero documento|numero|" +
		"发票号|发票号码|发票编号|单据号|账单号|编号|号码|شماره|شماره سند|شماره درخواست|شماره فاکتور|شماره صورتحساب|فاکتور",
	colDate: "date|invoice date|issue date|issued|document date|posting date|datum|rechnungsdatum|belegdatum|дата|дата счета|дата документа|дата выставления|" +
		"дата накладной|data|data facturii|data factura|data emiterii|data fattura|data documento|data emissione|日期|开票日期|发票日期|تاریخ|تاریخ فاکتور|تاریخ صدور",
	colDue: "due|due date|payment due|payment due date|falligkeit|falligkeitsdatum|fallig am|fallig|срок оплаты|оплатить до|срок|срок платежа|scadenta|" +
		"data scadentei|data scadenta|scadenza|data scadenza|到期日|到期日期|付款期限|应付日期|سررسید|تاریخ سررسید",
	colOpen: "open|open amount|open balance|amount due|amount open|balance|balance due|outstanding|remaining|unpaid|offen|offener betrag|offener posten|saldo|rest|" +
		"restbetrag|остаток|остаток долга|задолженность|долг|к оплате|сумма долга|не оплачено|неоплачено|sold|rest de plata|rest de incasat|de incasat|" +
		"residuo|importo residuo|da incassare|scoperto|importo aperto|未付金额|未收金额|余额|欠款|欠款金额|应收余额|مانده|مبلغ مانده|بدهی",
	colAmount: "amount|total|sum|gross|gross amount|invoice amount|invoice total|betrag|summe|gesamt|brutto|bruttobetrag|rechnungsbetrag|gesamtbetrag|сумма|сумма счета|" +
		"итого|всего|suma|total factura|valoare|valoare totala|importo|importo totale|totale|totale fattura|金额|总额|合计|价税合计|发票金额|مبلغ|مبلغ کل|جمع",
	colText: "text|description|item|service|beschreibung|bezeichnung|leistung|artikel|описание|наименование услуги|услуга|товар|номенклатура|descriere|serviciu|produs|" +
		"descrizione|servizio|说明|描述|品名|项目|شرح|توضیحات",
	colQuantity: "quantity|qty|menge|anzahl|количество|кол во|cantitate|quantita|qta|数量|تعداد",
	colPrice:    "price|unit price|net price|preis|einzelpreis|nettopreis|цена|pret|pret unitar|prezzo|prezzo unitario|单价|قیمت|قیمت واحد",
	colTax:      "tax|vat|tax rate|vat rate|mwst|ust|mwst satz|steuersatz|ндс|ставка ндс|tva|cota tva|iva|aliquota iva|税率|مالیات|نرخ مالیات",
	colReference: "reference|order|order no|order number|order reference|po|po number|remittance|bestellnummer|referenz|verwendungszweck|auftrag|заказ|номер заказа|" +
		"назначение|назначение платежа|основание|referinta|comanda|numar comanda|detalii plata|riferimento|causale|ordine|订单号|备注|摘要|参考|مرجع|شماره سفارش|بابت",
	colPaid: "paid|paid amount|amount paid|payment|payment amount|received|zahlung|zahlbetrag|zahlungsbetrag|gezahlt|gezahlter betrag|zahlungseingang|оплата|оплачено|" +
		"сумма оплаты|сумма платежа|поступление|plata|incasare|suma platita|suma incasata|pagamento|importo pagato|incasso|pagato|" +
		"付款金额|收款金额|已付金额|实收金额|پرداخت|مبلغ پرداخت|مبلغ پرداختی|واریز",
	colPaidOn: "payment date|paid on|date paid|received on|value date|zahlungsdatum|zahldatum|bezahlt am|buchungstag|wertstellung|дата оплаты|дата платежа|" +
		"дата поступления|data platii|data incasarii|data pagamento|data incasso|付款日期|收款日期|到账日期|تاریخ پرداخت|تاریخ واریز",
}

// totals are what the first cell of a row of sums says.
var totals = cells.Folded("total|totals|sum|grand total|gesamt|summe|gesamtsumme|итого|всего|total general|totale|totale generale|合计|总计|جمع|جمع کل")

// columnOf finds a column by its folded heading.
var columnOf = func() map[string]string {
	out := map[string]string{}
	for column, names := range headings {
		for name := range cells.Folded(names) {
			out[name] = column
		}
	}
	return out
}()

// columns says which column of a file is what.
type columns struct {
	at     map[string]int // column → its place
	unused []string
	twice  string // a column that two headings name, where taking one of them would be a guess
	first  string
	second string
}

// loose are columns of which the first is taken where there are several.
var loose = []string{colName, colText, colReference, colHandle, colCustomer, colMail, colSegment, colLegal, colAddress, colTaxID, colRegister}

func readHead(head []string) columns {
	c := columns{at: map[string]int{}}
	for i, name := range head {
		column := columnOf[cells.Fold(name)]
		before, there := c.at[column]
		switch {
		case strings.TrimSpace(name) == "":
		case column == "":
			c.unused = append(c.unused, strings.TrimSpace(name))
		case !there:
			c.at[column] = i
		case slices.Contains(loose, column):
			c.unused = append(c.unused, strings.TrimSpace(name))
		case c.twice == "":
			c.twice, c.first, c.second = column, strings.TrimSpace(head[before]), strings.TrimSpace(name)
		}
	}
	return c
}

func (c *columns) has(names ...string) bool {
	for _, n := range names {
		if _, ok := c.at[n]; !ok {
			return false
		}
	}
	return true
}

func (c *columns) any(names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return c.has(n) })
}
