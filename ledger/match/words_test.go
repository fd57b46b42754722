package match_test

import (
	"strings"
	"testing"

	"duebot/ledger/match"
)

// Purposes as people and their banks write them, in six languages: what names no invoice of the
// company, or names one for something else, is never booked by itself; what does is.
func TestPeoplesWords(t *testing.T) {
	const acme, romashka = "ACME MASCHINENBAU GMBH", "ООО Ромашка"
	b := book(inv(42, "INV-2026-000042", 11900), inv(43, "INV-2026-000043", 5000), inv(45, "INV-2026-000045", 119000), of(2, inv(50, "СЧ-000050", 120000)), of(2, inv(51, "СЧ-000051", 35000)),
		inv(7, "INV-2026-000007", 202600), inv(60, "INV-2026-000119", 11900), inv(61, "INV-2025-000042", 3000))
	type purpose struct {
		from  string
		minor int64
		text  string
	}
	for _, p := range []purpose{
		{acme, 11900, "paying inv 43 tomorrow, this is rent"},
		{acme, 5000, "INV-2026-000042 part 1 of 3"},
		{acme, 11900, "refund of INV-2026-000042"},
		{acme, 11900, "Storno INV-2026-000042"},
		{acme, 11900, "credit note for INV-2026-000042"},
		{acme, 11900, "Order 42"},
		{acme, 11900, "PO 42 delivery 119"},
		{acme, 11900, "customer no 42"},
		{acme, 11900, "tel 2026-000042"},
		{acme, 11900, "119.00"},
		{acme, 11900, "Inv 119,00 EUR"},
		{acme, 11900, "inv dated 20.11.2026 amount 119.00"},
		{acme, 11900, "Invoice date 2026-11-20"},
		{acme, 202600, "2026"},
		{acme, 202600, "Invoices 2026"},
		{acme, 11900, "INV-2026-000042A"},
		{acme, 11900, "INV-2026-0000421"},
		{acme, 11900, "XINV-2026-000042"},
		{acme, 119000, "INV-2026-000042 x10"},
		{romashka, 120000, "по договору 50 от 01.01.2026"},
		{romashka, 120000, "Оплата по договору № 50"},
		{romashka, 120000, "Возврат по счету СЧ-000050"},
		{romashka, 120000, "Возврат ошибочно перечисленных ДС по п/п 50"},
		{romashka, 35000, "Частичная оплата счета СЧ-000050"},
		{romashka, 120000, "Акт 50 от 31.10.2026"},
		{romashka, 120000, "УПД № 50 от 31.10"},
		{romashka, 120000, "п/п 50"},
		{romashka, 120000, "НДС 20% - 200.00, счет 1200"},
		{romashka, 120000, "Зарплата за ноябрь 50 чел"},
		{acme, 11900, "contract 42/2026"},
		{acme, 11900, "aviz 42"},
		{acme, 11900, "plata partiala fact 45"},
		{acme, 11900, "bon fiscal 42"},
		{acme, 11900, "retur factura INV-2026-000042"},
		{acme, 11900, "Ramburs comanda 42"},
		{acme, 11900, "ACCONTO FT 45"},
		{acme, 11900, "DDT 42 DEL 20/11"},
		{acme, 11900, "ordine 42"},
		{acme, 11900, "CIG Z2026000042"},
		{acme, 11900, "RIMBORSO FT 42"},
		{acme, 11900, "nota credito 42/2026"},
		{acme, 11900, "storno fattura INV-2026-000042"},
		{acme, 11900, "preventivo 42"},
		{acme, 11900, "affitto via Roma 42"},
		{acme, 11900, "合同42号"},
		{acme, 11900, "退款 INV-2026-000042"},
		{acme, 11900, "订单42"},
		{acme, 11900, "42号楼房租"},
		{acme, 5000, "INV-2026-000042预付款"},
		{acme, 11900, "还款 42"},
		{acme, 11900, "قرارداد ۴۲"},
		{acme, 11900, "چک شماره ۴۲"},
		{acme, 11900, "برگشت وجه فاکتور INV-2026-000042"},
		{acme, 11900, "پیش پرداخت سفارش ۴۲"},
		{acme, 11900, "واحد ۴۲"},
		{acme, 11900, "حواله ۴۲"},
		{"Stadtwerke AG", 11900, "Rechnung 42"},
		{"", 11900, "42"},
		{acme, 11900, "duplicate payment INV-2026-000042 please return"},
		{acme, 11900, "paid by mistake, not INV-2026-000042"},
		{acme, 11900, "Kaution statt INV-2026-000042"},
		{acme, 11900, "Rückzahlung INV-2026-000042"},
		{acme, 11900, "Inv 12 & 42/3 rest"},
		{acme, 11900, "payment for 2 x licence 42 users"},
		{acme, 11900, "flight BA 42 on 20/11"},
		{acme, 11900, "WO-2026-000042"},
		{acme, 11900, "Your ref 42/INV/2026/000420"},
		{acme, 5000, "43% of contract"},
		{acme, 5000, "lot 43, warehouse 42"},
		{acme, 11900, "Mandat 42 Gläubiger-ID DE98ZZZ09999999999"},
		{acme, 11900, "Zimmer 42, 19.-20.11."},
		{romashka, 120000, "по исп. листу 50/2026"},
		{romashka, 120000, "оплата по КП №50"},
		{romashka, 120000, "ПД-4 50 руб"},
		{acme, 11900, "curs valutar 4.2, contract cadru 42"},
		{acme, 11900, "chirie apartament 42"},
		{acme, 11900, "quota associativa 2026 socio 42"},
		{acme, 11900, "房号42 押金"},
		{acme, 11900, "学费42期"},
		{acme, 11900, "قبض ۴۲ آب"},
		{acme, 11900, "قسط ۴۲"},
		{"Stadtwerke AG", 5000, "Abschlag 43"},
		{"", 5000, "43"},
	} {
		if v := b.Match(from(p.from, p.minor, p.text)); v.Kind == match.Post {
			t.Errorf("%q from %q, of %d, was posted: %s", p.text, p.from, p.minor, told(v))
		}
	}
	for want, list := range map[string][]purpose{
		"42:11900": {
			{acme, 11900, "Payment of inv. 2026/42 thx"},
			{acme, 11900, "PAYMENT REF INV2026000042 LESS NOTHING"},
			{acme, 11900, "INV-2026-00042"},
			{acme, 11900, "INV 2026 000 042"},
			{acme, 11900, "lNV-2O26-OOOO42"},
			{acme, 11900, "RG-NR. 2026-000042 V. 20.11.26 KD-NR 4711"},
			{acme, 11900, "cv fact INV 2026 000042"},
			{acme, 11900, "c/val factura seria INV nr. 000042 din 20.11.2026"},
			{acme, 11900, "SALDO FATTURA NR 2026/42 DEL 20/11/2026"},
			{acme, 11900, "货款 发票号INV-2026-000042"},
			{acme, 11900, "بابت فاکتور ۴۲"},
			{acme, 11900, "پرداخت فاکتور INV-۲۰۲۶-۰۰۰۰۴۲"},
		},
		"7:202600": {
			{acme, 202600, "Invoice 7 of 2026"},
		},
		"61:3000": {
			{acme, 3000, "inv 42"},
		},
		"42:11900, 43:5000": {
			{acme, 16900, "INV-2026-000042 INV-2026-000043"},
		},
		"45:119000": {
			{acme, 119000, "inv-2026-000045"},
		},
		"50:120000": {
			{romashka, 120000, "Оплата по счету № СЧ-50 от 10.11.2026г. Сумма 1200-00 В т.ч. НДС(20%) 200-00"},
			{romashka, 120000, "Оплата по сч. 50 за услуги"},
			{romashka, 120000, "оплата по счёту CЧ-000050"},
		},
		"51:35000": {
			{romashka, 35000, "За СЧ000051"},
		},
		"50:120000, 51:35000": {
			{romashka, 155000, "Счета СЧ-50, СЧ-51"},
		},
	} {
		for _, p := range list {
			v := b.Match(from(p.from, p.minor, p.text))
			v.Candidates = v.Candidates[:min(len(v.Candidates), 1)]
			if got := told(v); got != "post | "+want {
				t.Errorf("%q from %q: %s, want %s", p.text, p.from, got, want)
			}
		}
	}
}

// A number behind the name of another document is that document's, however long it is and whatever
// invoice of the payer ends in it: it is proposed with its reason, and never booked by itself.
func TestOtherDocuments(t *testing.T) {
	const acme, romashka = "ACME MASCHINENBAU GMBH", "ООО Ромашка"
	b := book(inv(50, "INV-2026-000050", 11900), of(2, inv(51, "СЧ-000050", 120000)), inv(77, "INV-2026-070050", 11900), of(2, inv(78, "СЧ-070050", 120000)), inv(12, "А-12/26", 500), inv(52, "INV-2026-000052", 100))
	for _, said := range strings.Split("order %|order no. %|purchase order % |PO #%|P.O. %|sales order %|payment order no %|contract number %|services agreement %|delivery note %|delivery note no. %|DN %|packing list %|waybill %|AWB %|B/L %|bill of lading %|receipt no %|goods receipt %|act %|"+
		"proforma invoice %|pro forma %|quotation %|check no %|delivery note dated 20 Nov 2026 no %|order: [%]|no. of order %|"+
		"накладная %|накладной № %|товарная накладная %|тн %|ТОРГ-12 № %|УПД %|заказ %|по заказу № %|заказ-наряд %|акт %|акту выполненных работ %|акт от 31.10 № %|по акту от 5 ноября 2026 г. № %|акт КС-2 № %|накладная от 10.11.2026 № %|договор поставки %|договор № %|доп. соглашение %|спецификация %|квитанция %|чек %|пп №%|п/п %|платежное поручение %|накладная поставщика ref %|"+
		"comanda nr. %|contract nr %|ctr. nr. %|aviz %|avizul nr %|aviz de însoțire a mărfii nr. %|bon fiscal nr %|chitanța nr %|proces verbal %|contract din 20.11.2026 nr %|factura proforma %|"+
		"ordine n. %|contratto n. %|DDT %|D.D.T. n. %|bolla n. %|bolla di consegna n. %|ricevuta n. %|scontrino %|preventivo n. %|documento di trasporto %|fattura proforma %|"+
		"送货单%|送货单号%|出库单号%|运单号%|订单编号%|采购单号%|合同编号:%|订单货款%|收据号%|形式发票%|%号合同|付订单%货款|发货单No.%|对账单号%|"+
		"سفارش %|سفارش خرید %|قرارداد شماره %|حواله انبار %|بارنامه %|رسید %|پیش فاکتور %|پیش\u200cفاکتور %|صورتجلسه %|شماره سفارش %|"+
		"Lieferschein %|LS-Nr. %|Lieferschein vom 20.11.2026 Nr. %|Auftrag %|Auftragsnr. %|Bestellung %|Best.-Nr. %|Quittung Nr. %|Frachtbrief %|Vertrag Nr. %|"+
		"bon de livraison n° %|commande n° %|bon de commande %|contrat n° %|reçu n° %|albarán n. %|pedido nº %|orden de compra nº %|presupuesto %|recibo %|zamówienie nr %|umowa nr %|wz nr %|list przewozowy nr %|pokwitowanie nr %", "|") {
		for _, number := range []string{"50", "000050", "70050", "2026-070050"} {
			text := strings.Replace(said, "%", number, 1)
			for who, minor := range map[string]int64{acme: 11900, romashka: 120000} {
				if v := b.Match(from(who, minor, text)); v.Kind == match.Post {
					t.Errorf("%q from %q was posted: %s", text, who, told(v))
				}
			}
		}
	}
	for _, text := range []string{"накладная 70050", "delivery note 70050", "送货单70050", "aviz 70050", "DDT 70050", "سفارش 70050"} {
		v := b.Match(from(acme, 11900, text))
		if got := told(v); !strings.HasPrefix(got, "propose | 77:11900") || reasons(v.Candidates[0])[0] != "match.ref.other" {
			t.Errorf("%q: got %s with reasons %q", text, got, reasons(v.Candidates[0]))
		}
	}
	for text, minor := range map[string]int64{"договор А-12/26": 500, "order A-12": 500, "orders no. 50-52": 12000, "накладные № 50-52": 12000, "INV-2026-000050 дог 52": 12000, "накладные 70049, 70050": 11900, "orders 70049 and 70050": 11900} {
		if v := b.Match(from(acme, minor, text)); v.Kind == match.Post {
			t.Errorf("%q of %d was posted: %s", text, minor, told(v))
		}
	}
	check(t, b, from(acme, 12000, "invoices no. 50-52"), "post | 50:11900, 52:100")
}

// An invoice that is named beside another document is posted as ever.
func TestInvoiceBesideOtherDocuments(t *testing.T) {
	const acme, romashka = "ACME MASCHINENBAU GMBH", "ООО Ромашка"
	b := book(inv(50, "INV-2026-000050", 11900), of(2, inv(51, "СЧ-000050", 120000)), inv(12, "А-12/26", 500))
	for who, list := range map[string]string{
		acme: "invoice 50 for order 77|order 77 invoice 50|PO 77 / INV 50|order invoice 50|invoice no 50 delivery note 77|Rechnung 50 zu Auftrag 77|Auftrag 77 Rechnung 50|RG 50, Lieferschein 77|Rechnungsnummer 50|" +
			"factura 50 comanda 77|comanda 77 factura 50|fact. 50 aviz 77|factura 50 cf. contract 12|fattura 50 ordine 77|ft 50 ddt 77|DDT 77 ft 50|发票50 订单77|订单77发票50|合同12，发票50|发票50订单77|فاکتور ۵۰ سفارش ۷۷|سفارش ۷۷ فاکتور ۵۰|" +
			"facture 50 commande 77|pedido 77 factura 50|FV 50 umowa 12|faktura 50 zamówienie 77|BY ORDER OF ACME 000050|order INV-2026-000050|Bestellung 77, 000050",
		romashka: "счет 50 по договору 12|по договору 12 счет 50|заказ 77 счет 50|счет 50 по заказу 77|счет 50 накладная 77|накладная 77 счет 50|по счету №50 от 10.11.2026 по договору №12 от 01.01.2026|счет на оплату № 50|по счету-договору 50|по заказу и счету 50|акт 12 сч. 50",
	} {
		want, minor := "post | 50:11900", int64(11900)
		if who == romashka {
			want, minor = "post | 51:120000", 120000
		}
		for text := range strings.SplitSeq(list, "|") {
			check(t, b, from(who, minor, text), want)
		}
	}
	check(t, b, from(acme, 500, "А-12/26 по договору 77"), "post | 12:500")
}

// The number of the buyer's order that stands on the invoice is still evidence.
func TestOrderOnTheInvoice(t *testing.T) {
	x := inv(50, "INV-2026-000050", 11900)
	x.Order = "PO-70050"
	b := book(x, of(2, inv(77, "INV-2026-070050", 11900)))
	v := b.Match(from("ACME MASCHINENBAU GMBH", 11900, "purchase order PO-70050"))
	if got := told(v); !strings.HasPrefix(got, "post | 50:11900") || reasons(v.Candidates[0])[0] != "match.ref.order" {
		t.Errorf("got %s", got)
	}
}
