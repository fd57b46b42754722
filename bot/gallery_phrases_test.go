//go:build e2e

package main

import "strings"

// phrases are what a tale's people say in one language: {name} in a line stands for one.
type phrases struct{ lang, customer, second, zone string }

func phrasesOf(lang string) phrases {
	return map[string]phrases{
		"en": {"en", "Hartwell & Finch Ltd", "Brook Mills Ltd", "Europe/London"},
		"ru": {"ru", "ООО «Ромашка»", "ООО «Берег»", "Asia/Almaty"},
		"ro": {"ro", "Aurora Construct SRL", "Marea SRL", "Europe/Bucharest"},
		"it": {"it", "Officine Bianchi S.r.l.", "Studio Verdi S.r.l.", "Europe/Rome"},
		"zh": {"zh", "深圳晨光贸易有限公司", "上海远洋有限公司", "Asia/Shanghai"},
		"fa": {"fa", "بازرگانی آریا", "شرکت سپهر", "Asia/Tehran"},
	}[lang]
}

// spoken are the words, in the order of the languages.
var spoken = map[string][6]string{
	"consulting": {"Consulting, October", "Консультации, октябрь", "Consultanță, octombrie", "Consulenza, ottobre", "咨询服务（十月）", "مشاوره، اکتبر"},
	"hosting":    {"Hosting", "Хостинг", "Găzduire web", "Hosting", "主机托管", "میزبانی وب"},
	"support":    {"Support", "Поддержка", "Asistență tehnică", "Assistenza", "技术支持", "پشتیبانی"},
	"advance":    {"Advance for order 17", "Предоплата по заказу 17", "Avans pentru comanda 17", "Acconto per l'ordine 17", "订单17预付款", "پیش\u200cپرداخت سفارش ۱۷"},
	"complaint": {"The hosting was down for a week.", "Хостинг неделю не работал.", "Găzduirea nu a funcționat o săptămână.", "L'hosting non ha funzionato per una settimana.",
		"主机停机了一周。", "میزبانی یک هفته قطع بود."},
	"since":  {"Since which day?", "С какого дня?", "Din ce zi?", "Da quale giorno?", "从哪一天开始？", "از چه روزی؟"},
	"since2": {"Since which day exactly?", "С какого именно дня?", "Din ce zi anume?", "Da quale giorno di preciso?", "具体从哪一天开始？", "دقیقاً از چه روزی؟"},
	"slip":   {"Please ignore this.", "Не обращайте внимания.", "Vă rugăm să ignorați.", "Da ignorare.", "请忽略。", "لطفاً نادیده بگیرید."},
	"right": {"You are right, it was down all week.", "Вы правы, хостинг не работал всю неделю.", "Aveți dreptate, nu a funcționat toată săptămâna.",
		"Avete ragione, non ha funzionato tutta la settimana.", "您说得对，整周都停机了。", "حق با شماست، تمام هفته قطع بود."},
	"contract": {"The price is that of the contract.", "Цена соответствует договору.", "Prețul este cel din contract.", "Il prezzo è quello del contratto.", "价格与合同一致。", "قیمت همان است که در قرارداد آمده."},
	"question": {"Do you deliver on Saturdays?", "Вы доставляете по субботам?", "Livrați și sâmbăta?", "Consegnate il sabato?", "周六送货吗？", "شنبه\u200cها هم تحویل می\u200cدهید؟"},
	"yes":      {"Yes, until noon.", "Да, до полудня.", "Da, până la prânz.", "Sì, fino a mezzogiorno.", "送，到中午。", "بله، تا ظهر."},
	"thanks":   {"Thank you", "Спасибо", "Mulțumesc", "Grazie", "谢谢", "سپاس"},
	"soonish":  {"soonish", "скоро", "curând", "presto", "很快", "به\u200cزودی"},
	"tuesday":  {"on Tuesday", "во вторник", "marți", "martedì", "星期二", "سه\u200cشنبه"},
	"many":     {"a lot", "много", "mult", "tanto", "很多", "زیاد"},
	"nothing":  {"Nothing came in that day", "В этот день ничего не поступало", "În ziua aceea nu a intrat nimic", "Quel giorno non è arrivato nulla", "当天没有到账", "آن روز چیزی نرسیده است"},
	"oldest":   {"Please pay the oldest invoice first", "Оплатите, пожалуйста, сначала самый старый счёт", "Vă rugăm să plătiți întâi cea mai veche înștiințare", "Vi preghiamo di pagare prima la fattura più vecchia", "请先支付最早的账单", "لطفاً نخست قدیمی\u200cترین درخواست را بپردازید"},
	"twoparts": {"Two parts are what we can do", "Мы можем предложить две части", "Putem accepta două tranșe", "Possiamo accettare due rate", "我们最多可分两期", "دو قسط برای ما شدنی است"},
	"differs":  {"We have paid 250, not 200", "Мы оплатили 250, а не 200", "Am plătit 250, nu 200", "Abbiamo pagato 250, non 200", "我们付了250，不是200", "ما ۲۵۰ پرداخته\u200cایم، نه ۲۰۰"},
	"phone":    {"Nobody answered the phone", "Никто не отвечал на звонки", "Nu a răspuns nimeni la telefon", "Nessuno rispondeva al telefono", "电话无人接听", "کسی تلفن را پاسخ نمی\u200cداد"},
	"columns":  {"date,number,debit,credit", "дата,номер,дебет,кредит", "data,număr,debit,credit", "data,numero,dare,avere", "日期,发票号,借方,贷方", "تاریخ,شماره,بدهکار,بستانکار"},
}

// fill puts the language's words into a line.
func (p phrases) fill(line string) string {
	for i, lang := range []string{"en", "ru", "ro", "it", "zh", "fa"} {
		for name, words := range spoken {
			if lang == p.lang {
				line = strings.ReplaceAll(line, "{"+name+"}", words[i])
			}
		}
	}
	return line
}
