package commands

import (
	"slices"

	"duebot/commands/card"
	"duebot/ledger"
)

// A customer may have the documents of an invoice in another language too: for his accountant,
// his bank, his owner abroad. Such a copy says on each page that it is one. The list of documents
// is one message, which changes: documents, languages, documents in one of them.

// What stands behind an invoice in the argument of "papers": nothing opens the list, one of
// these or a language changes it.
const (
	papersBack  = "back"  // the documents as they were issued
	papersOther = "other" // the languages
)

// paperLists makes the list of documents that a button asks for.
func (c *ChatCall) paperLists(inv *ledger.Invoice, rest string) (card.Reply, error) {
	issued, err := c.issuedIn(inv)
	if err != nil {
		return card.Reply{}, err
	}
	id, replace := idArg(uint32(inv.ID)), rest != ""
	back := card.Button{Label: card.T("button.back"), Do: "papers", Arg: id + "." + papersBack, Wide: true}
	switch {
	case rest == "" || rest == papersBack:
		k := &card.Card{Body: []card.Text{card.T("chat.papers", "number", inv.Number.String())}}
		for _, kind := range chatKinds(inv) {
			k.Buttons = append(k.Buttons, chatPaperButton(kind, id))
		}
		if lang := c.copyLanguage(); lang != "" && lang != issued {
			for _, kind := range chatKinds(inv) {
				k.Buttons = append(k.Buttons, copyButton(kind, id, lang))
			}
		}
		k.Buttons = append(k.Buttons, fileChoices(&c.View, inv)...)
		if inv.OldNumber == "" {
			k.Buttons = append(k.Buttons, card.Button{Label: card.T("button.papers.other"), Do: "papers", Arg: id + "." + papersOther, Wide: true})
		}
		return card.Reply{Card: k, Replace: replace}, nil
	case inv.OldNumber != "":
	case rest == papersOther:
		k := &card.Card{Body: []card.Text{card.T("chat.papers.which", "number", inv.Number.String())}}
		for _, lang := range c.Desk.PaperLanguages {
			if lang != issued {
				k.Buttons = append(k.Buttons, card.Button{Label: card.T("language." + lang), Do: "papers", Arg: id + "." + lang})
			}
		}
		k.Buttons = append(k.Buttons, back)
		return card.Reply{Card: k, Replace: true}, nil
	case slices.Contains(c.Desk.PaperLanguages, rest) && rest != issued:
		k := &card.Card{Body: []card.Text{card.T("chat.papers.in", "number", inv.Number.String(), "language", card.T("language."+rest))}}
		for _, kind := range chatKinds(inv) {
			k.Buttons = append(k.Buttons, chatPaperButton(kind, id+"."+rest))
		}
		back.Arg = id + "." + papersOther
		k.Buttons = append(k.Buttons, back)
		return card.Reply{Card: k, Replace: true}, nil
	}
	return card.Reply{Toast: card.T("chat.oldbutton")}, nil
}

// issuedIn is the language in which the documents of inv were issued.
func (c *ChatCall) issuedIn(inv *ledger.Invoice) (string, error) {
	f, err := c.InvoiceFact(inv)
	if err != nil {
		return "", err
	}
	_, lang, err := c.PartyAt(c.Customer, f.Seq)
	if !slices.Contains(c.Desk.PaperLanguages, lang) {
		lang = "en"
	}
	return lang, err
}
