package card

// Paper names a document or a sheet of the books: whoever shows the card has it drawn, and
// hands it over as a file.
type Paper struct {
	Kind   string `json:"kind"`           // what it is: PaperInvoice, …
	Of     string `json:"of,omitempty"`   // its number, or the handle of the customer
	From   int    `json:"from,omitempty"` // YYYYMMDD, of a statement or an act
	To     int    `json:"to,omitempty"`
	Lang   string `json:"lang,omitempty"`   // "": as it was issued; another one is a marked copy
	Format string `json:"format,omitempty"` // "": PDF
	For    string `json:"for,omitempty"`    // the Slack user who asks, where what is in it depends on that
	Sent   bool   `json:"sent,omitempty"`   // it goes to its customer: the books note also what was not issued

	Notice   uint32   `json:"notice,omitempty"`   // that brings it with an invitation of its own; 0: it has none
	Currency string   `json:"currency,omitempty"` // of a letter
	Act      int      `json:"act,omitempty"`      // number of the act that was sent, whose document it is
	Invoices []string `json:"invoices,omitempty"` // by number, that a letter is about; none: all that are overdue
}

// Kinds of Paper.
const (
	PaperInvoice        = "invoice"
	PaperCredit         = "credit"
	PaperReceipt        = "receipt"
	PaperVoucher        = "voucher" // of cash that was given back
	PaperAct            = "act"
	PaperDelivery       = "delivery"
	PaperStatement      = "statement"
	PaperReconciliation = "reconciliation"
	PaperDunning        = "dunning"
	PaperAging          = "aging"       // a sheet alone
	PaperDifferences    = "differences" // a sheet alone: between an act and its customer's list
	PaperFile           = "file"        // what somebody handed in, as it is: Of is its number
	PaperWithdrawn      = "withdrawn"   // a line in the place of a file that was taken back
	PaperDispute        = "dispute"     // the history of a dispute, as plain text: Of is "D-7"
)

// Formats of Paper.
const (
	FormatPDF  = ""
	FormatXLSX = "xlsx"
	FormatCSV  = "csv"
)

// Drawn is a Paper as a file.
type Drawn struct {
	Name string // "INV-2026-000001.pdf"
	MIME string
	Data []byte
}
