package stripeapi

import (
	"net/http"
	"net/mail"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"
)

// A session may live between these, counted in business time from when it is made.
const (
	lifeMin = 30 * time.Minute
	lifeMax = 24 * time.Hour
)

// session is a Checkout session as it is kept. Times are Unix seconds of business time.
type session struct {
	ID            string            `json:"id"`
	Token         string            `json:"token"` // what the payment page must post
	Status        string            `json:"status"`
	PaymentStatus string            `json:"payment_status"`
	Amount        int64             `json:"amount"` // in the minor unit, as Stripe counts it
	Currency      string            `json:"currency"`
	Created       int64             `json:"created"`
	ExpiresAt     int64             `json:"expires_at"`
	Reference     string            `json:"client_reference_id,omitempty"`
	Email         string            `json:"customer_email,omitempty"`
	Payer         string            `json:"payer,omitempty"` // e-mail typed on the page
	SuccessURL    string            `json:"success_url"`
	CancelURL     string            `json:"cancel_url,omitempty"`
	Locale        string            `json:"locale,omitempty"`
	SubmitType    string            `json:"submit_type,omitempty"`
	Methods       []string          `json:"payment_method_types"`
	Metadata      map[string]string `json:"metadata"`
	IntentData    intentData        `json:"payment_intent_data"`
	Intent        string            `json:"payment_intent,omitempty"` // none before the first try to pay
	Items         []item            `json:"items"`
	stop          func()            // forgets the expiry
}

// intentData is what the session gives to its payment intent.
type intentData struct {
	Metadata    map[string]string `json:"metadata"`
	Description string            `json:"description,omitempty"`
	Receipt     string            `json:"receipt_email,omitempty"`
	Suffix      string            `json:"statement_descriptor_suffix,omitempty"`
}

type item struct {
	ID, Price, Product string
	Name, Description  string
	Quantity, Unit     int64
	Currency           string
}

func (x *session) forget() {
	if x.stop != nil {
		x.stop()
		x.stop = nil
	}
}

var createSchema = schema{
	"mode": nil, "success_url": nil, "cancel_url": nil, "return_url": nil, "ui_mode": nil,
	"client_reference_id": nil, "customer": nil, "customer_email": nil, "customer_creation": nil,
	"currency": nil, "expires_at": nil, "locale": nil, "submit_type": nil, "payment_method_collection": nil,
	"allow_promotion_codes": nil, "billing_address_collection": nil, "redirect_on_completion": nil,
	"metadata": {"*": nil}, "expand": {"*": nil}, "payment_method_types": {"*": nil},
	"line_items": {"*": {"quantity": nil, "price": nil, "tax_rates": {"*": nil}, "dynamic_tax_rates": {"*": nil},
		"adjustable_quantity": values("enabled", "minimum", "maximum"), "metadata": {"*": nil},
		"price_data": {"currency": nil, "unit_amount": nil, "unit_amount_decimal": nil, "product": nil, "tax_behavior": nil,
			"product_data": {"name": nil, "description": nil, "tax_code": nil, "unit_label": nil, "images": {"*": nil}, "metadata": {"*": nil}}}}},
	"payment_intent_data": {"metadata": {"*": nil}, "description": nil, "receipt_email": nil, "statement_descriptor": nil,
		"statement_descriptor_suffix": nil, "capture_method": nil, "setup_future_usage": nil, "shipping": {"*": nil}, "transfer_group": nil},
	"custom_text": {"submit": values("message"), "after_submit": values("message")},
	// Taken as they are: they change nothing about a payment here.
	"payment_method_options": {"*": nil}, "automatic_tax": {"*": nil}, "phone_number_collection": {"*": nil}, "tax_id_collection": {"*": nil},
	"consent_collection": {"*": nil}, "invoice_creation": {"*": nil}, "after_expiration": {"*": nil}, "branding_settings": {"*": nil},
	"customer_update": {"*": nil}, "saved_payment_method_options": {"*": nil}, "name_collection": {"*": nil}, "wallet_options": {"*": nil},
}

func (s *Server) createSession(form *node) answer {
	if err := form.allow(createSchema, ""); err != nil {
		return err.answer()
	}
	x, err := s.readSession(form)
	if err != nil {
		return failed(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions[x.ID] = x
	s.order = append(s.order, x.ID)
	s.watch(x)
	return s.showSession(x, form)
}

// readSession makes a session of the parameters, in the order in which Stripe complains.
func (s *Server) readSession(form *node) (*session, error) {
	now := s.now()
	x := &session{ID: newID("cs_test_", 58), Token: newID("", 24), Status: "open", PaymentStatus: "unpaid", Created: now,
		SuccessURL: form.str("success_url"), CancelURL: form.str("cancel_url"), Reference: form.str("client_reference_id"),
		Email: form.str("customer_email"), Locale: form.str("locale"), SubmitType: form.str("submit_type")}
	if err := checkMode(form); err != nil {
		return nil, err
	}
	if err := x.readItems(form); err != nil {
		return nil, err
	}
	for _, p := range []string{"success_url", "cancel_url"} {
		if v := form.str(p); v != "" && !webURL(v) {
			return nil, wrong(p, "url_invalid", "Not a valid URL")
		}
	}
	if x.SuccessURL == "" {
		return nil, wrong("success_url", "parameter_missing", "Missing required param: success_url.")
	}
	if len(x.Reference) > 200 {
		return nil, wrong("client_reference_id", "", "Invalid string: must be at most 200 characters")
	}
	if x.Email != "" {
		if _, err := mail.ParseAddress(x.Email); err != nil {
			return nil, wrong("customer_email", "email_invalid", "Invalid email address: %s", x.Email)
		}
	}
	var err error
	if x.Metadata, err = readMetadata(form.at("metadata"), "metadata"); err != nil {
		return nil, err
	}
	if err := x.readIntentData(form.at("payment_intent_data")); err != nil {
		return nil, err
	}
	x.Methods = []string{"card"}
	if list := form.at("payment_method_types").list(); len(list) > 0 {
		x.Methods = nil
		for _, m := range list {
			x.Methods = append(x.Methods, m.text)
		}
	}
	x.ExpiresAt, err = readExpiry(form.str("expires_at"), now)
	return x, err
}

func checkMode(form *node) error {
	switch mode := form.str("mode"); mode {
	case "payment":
	case "":
		return wrong("mode", "parameter_missing", "Missing required param: mode.")
	case "setup", "subscription":
		return wrong("mode", "", "The sandbox knows only sessions of mode payment, not %s.", mode)
	default:
		return wrong("mode", "", "Invalid mode: must be one of payment, setup, or subscription")
	}
	if ui := form.str("ui_mode"); ui != "" && ui != "hosted" {
		return wrong("ui_mode", "", "The sandbox knows only the hosted payment page, not ui_mode %s.", ui)
	}
	if c := form.str("customer"); c != "" {
		return wrong("customer", "resource_missing", "No such customer: '%s'", c)
	}
	return nil
}

func (x *session) readItems(form *node) error {
	items := form.at("line_items")
	if items == nil || len(items.kids) == 0 {
		return wrong("line_items", "parameter_missing", "You must provide `line_items` in `payment` mode.")
	}
	if len(items.kids) > 100 {
		return wrong("line_items", "array_max_items", "Array line_items exceeded maximum 100 allowed elements.")
	}
	for _, name := range items.names() {
		it, err := readItem(items.kids[name], "line_items["+name+"]")
		if err != nil {
			return err
		}
		if x.Currency != "" && it.Currency != x.Currency {
			return wrong("line_items", "", "All line items of a session must be in one currency; got %s and %s.", x.Currency, it.Currency)
		}
		x.Currency = it.Currency
		x.Amount += it.Unit * it.Quantity
		if x.Amount > most {
			return wrong("line_items", "amount_too_large", "The session's total may be at most %s.", format(most, x.Currency))
		}
		x.Items = append(x.Items, it)
	}
	if min := max(least[x.Currency], 1); x.Amount < min {
		return wrong("line_items", "amount_too_small", "The Checkout Session's total amount due must add up to at least %s.", format(min, x.Currency))
	}
	if c := strings.ToLower(form.str("currency")); c != "" && c != x.Currency {
		return wrong("currency", "", "The currency %s is not that of the line items, %s.", c, x.Currency)
	}
	return nil
}

func readItem(n *node, at string) (item, error) {
	it := item{ID: newID("li_", 24), Price: newID("price_", 24), Product: newID("prod_", 14), Quantity: 1}
	if p := n.str("price"); p != "" {
		return it, wrong(at+"[price]", "resource_missing", "No such price: '%s'", p)
	}
	data := n.at("price_data")
	if data == nil || len(data.kids) == 0 {
		return it, wrong(at, "", "Each line item needs `price` or `price_data`.")
	}
	if q := n.str("quantity"); q != "" {
		v, err := strconv.ParseInt(q, 10, 64)
		if err != nil {
			return it, wrong(at+"[quantity]", "parameter_invalid_integer", "Invalid integer: %s", q)
		}
		if v < 1 || v > 999_999 {
			return it, wrong(at+"[quantity]", "parameter_invalid_integer", "Invalid quantity: must be from 1 to 999999")
		}
		it.Quantity = v
	} else {
		return it, wrong(at+"[quantity]", "parameter_missing", "Quantity is required. Add `quantity` to `%s`.", at)
	}
	at += "[price_data]"
	if data.str("product") != "" {
		return it, wrong(at+"[product]", "resource_missing", "No such product: '%s'", data.str("product"))
	}
	it.Name, it.Description = data.str("product_data", "name"), data.str("product_data", "description")
	if it.Name == "" {
		return it, wrong(at+"[product_data][name]", "parameter_missing", "Missing required param: %s[product_data][name].", at)
	}
	if len([]rune(it.Name)) > 250 {
		return it, wrong(at+"[product_data][name]", "", "Invalid string: must be at most 250 characters")
	}
	it.Currency = strings.ToLower(data.str("currency"))
	if it.Currency == "" {
		return it, wrong(at+"[currency]", "parameter_missing", "Missing required param: %s[currency].", at)
	}
	if !knownCurrency(it.Currency) {
		return it, wrong(at+"[currency]", "", "Invalid currency: %s. Stripe currently supports these currencies: %s",
			it.Currency, strings.Join(strings.Fields(currencies), ", "))
	}
	var err error
	it.Unit, err = readAmount(data, at, it.Currency)
	return it, err
}

func readAmount(data *node, at, currency string) (int64, error) {
	text, param := data.str("unit_amount"), at+"[unit_amount]"
	if text == "" {
		if text = data.str("unit_amount_decimal"); text == "" {
			return 0, wrong(param, "parameter_missing", "Missing required param: %s.", param)
		}
		param = at + "[unit_amount_decimal]"
	}
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, wrong(param, "parameter_invalid_integer", "Invalid integer: %s", text)
	}
	if v < 0 {
		return 0, wrong(param, "parameter_invalid_integer", "This value must be greater than or equal to 0.")
	}
	if v > most {
		return 0, wrong(param, "amount_too_large", "The amount may be at most %s.", format(most, currency))
	}
	if m := step(currency); v%m != 0 {
		return 0, wrong(param, "", "Invalid amount: in %s amounts must be multiples of %d.", strings.ToUpper(currency), m)
	}
	return v, nil
}

func readMetadata(n *node, at string) (map[string]string, error) {
	m := n.texts()
	if len(m) > 50 {
		return nil, wrong(at, "", "Metadata can have at most 50 keys.")
	}
	for k, v := range m {
		if len([]rune(k)) > 40 {
			return nil, wrong(at, "", "Metadata keys can have up to 40 characters, but %q has %d.", k, len([]rune(k)))
		}
		if len([]rune(v)) > 500 {
			return nil, wrong(at+"["+k+"]", "", "Metadata values can have up to 500 characters, but you passed in a value that is %d characters.", len([]rune(v)))
		}
	}
	return m, nil
}

func (x *session) readIntentData(n *node) error {
	m, err := readMetadata(n.at("metadata"), "payment_intent_data[metadata]")
	if err != nil {
		return err
	}
	x.IntentData = intentData{Metadata: m, Description: n.str("description"),
		Receipt: n.str("receipt_email"), Suffix: n.str("statement_descriptor_suffix")}
	if len(x.IntentData.Suffix) > 22 {
		return wrong("payment_intent_data[statement_descriptor_suffix]", "", "The statement descriptor suffix must be at most 22 characters.")
	}
	if c := n.str("capture_method"); c != "" && c != "automatic" && c != "automatic_async" {
		return wrong("payment_intent_data[capture_method]", "", "The sandbox captures at once; capture_method %s is not known here.", c)
	}
	return nil
}

// readExpiry reads expires_at, Unix seconds, by default a day after now.
func readExpiry(text string, now int64) (int64, error) {
	if text == "" {
		return now + int64(lifeMax/time.Second), nil
	}
	at, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, wrong("expires_at", "parameter_invalid_integer", "Invalid timestamp: %s", text)
	}
	switch life := time.Duration(at-now) * time.Second; {
	case life < lifeMin:
		return 0, wrong("expires_at", "", "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.")
	case life > lifeMax:
		return 0, wrong("expires_at", "", "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.")
	}
	return at, nil
}

func webURL(text string) bool {
	u, err := url.Parse(strings.ReplaceAll(text, "{CHECKOUT_SESSION_ID}", "x"))
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && len(text) <= 5000
}

func (s *Server) getSession(id string, form *node) answer {
	if err := form.allow(schema{"expand": {"*": nil}}, ""); err != nil {
		return err.answer()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.sessions[id]
	if x == nil {
		return missing("checkout.session", id, "session")
	}
	return s.showSession(x, form)
}

// updateSession changes a session's metadata, which is all that may change here.
func (s *Server) updateSession(id string, form *node) answer {
	if err := form.allow(schema{"metadata": {"*": nil}, "expand": {"*": nil}}, ""); err != nil {
		return err.answer()
	}
	if _, err := readMetadata(form.at("metadata"), "metadata"); err != nil {
		return failed(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.sessions[id]
	if x == nil {
		return missing("checkout.session", id, "session")
	}
	for _, k := range form.at("metadata").names() {
		if v := form.str("metadata", k); v != "" {
			x.Metadata[k] = v
		} else {
			delete(x.Metadata, k)
		}
	}
	return s.showSession(x, form)
}

func (s *Server) expireSession(id string, form *node) answer {
	if err := form.allow(schema{"expand": {"*": nil}}, ""); err != nil {
		return err.answer()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.sessions[id]
	if x == nil {
		return missing("checkout.session", id, "session")
	}
	if x.Status != "open" {
		return wrong("", "", "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of `%s`.", x.Status).answer()
	}
	s.expire(x)
	return s.showSession(x, form)
}

func (s *Server) listSessions(form *node) answer {
	if err := form.allow(schema{"limit": nil, "starting_after": nil, "ending_before": nil, "payment_intent": nil, "status": nil,
		"created": {"gt": nil, "gte": nil, "lt": nil, "lte": nil}, "expand": {"*": nil}}, ""); err != nil {
		return err.answer()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for i := len(s.order) - 1; i >= 0; i-- {
		x := s.sessions[s.order[i]]
		if v := form.str("payment_intent"); v != "" && x.Intent != v {
			continue
		}
		if v := form.str("status"); v != "" && x.Status != v {
			continue
		}
		if within(form.at("created"), x.Created) {
			ids = append(ids, x.ID)
		}
	}
	return page(ids, form, "/v1/checkout/sessions", func(id string) any { return s.sessionJSON(s.sessions[id], nil) })
}

func (s *Server) listItems(id string, form *node) answer {
	if err := form.allow(values("limit", "starting_after", "ending_before"), ""); err != nil {
		return err.answer()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.sessions[id]
	if x == nil {
		return missing("checkout.session", id, "session")
	}
	var ids []string
	byID := map[string]item{}
	for _, it := range x.Items {
		ids, byID[it.ID] = append(ids, it.ID), it
	}
	return page(ids, form, "/v1/checkout/sessions/"+id+"/line_items", func(id string) any { return itemJSON(byID[id], x.Created) })
}

// page cuts one page out of ids, which are in the order of the list.
func page(ids []string, form *node, path string, show func(string) any) answer {
	limit := 10
	if v := form.str("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 100 {
			return wrong("limit", "parameter_invalid_integer", "Invalid limit: must be a number from 1 to 100").answer()
		}
		limit = n
	}
	find := func(id string) int {
		for i, x := range ids {
			if x == id {
				return i
			}
		}
		return -1
	}
	from, to := 0, len(ids)
	if v := form.str("starting_after"); v != "" {
		if from = find(v) + 1; from == 0 {
			return missing("object", v, "starting_after")
		}
	}
	if v := form.str("ending_before"); v != "" {
		if to = find(v); to < 0 {
			return missing("object", v, "ending_before")
		}
		from = max(0, to-limit)
	}
	more := to-from > limit || form.str("ending_before") != "" && from > 0
	data := []any{}
	for _, id := range ids[from:min(to, from+limit)] {
		data = append(data, show(id))
	}
	return answer{status: http.StatusOK, body: map[string]any{"object": "list", "url": path, "has_more": more, "data": data}}
}

// within tells whether t lies in the range that a "created" filter gives.
func within(n *node, t int64) bool {
	if n == nil {
		return true
	}
	for name, ok := range map[string]func(a, b int64) bool{
		"gt": func(a, b int64) bool { return a > b }, "gte": func(a, b int64) bool { return a >= b },
		"lt": func(a, b int64) bool { return a < b }, "lte": func(a, b int64) bool { return a <= b },
	} {
		v, err := strconv.ParseInt(n.str(name), 10, 64)
		if err == nil && !ok(t, v) {
			return false
		}
	}
	return true
}

// showSession answers a session with the fields that were asked to be expanded.
func (s *Server) showSession(x *session, form *node) answer {
	expand, err := expansions(form, "line_items", "payment_intent", "payment_intent.latest_charge", "payment_intent.latest_charge.balance_transaction")
	if err != nil {
		return err.answer()
	}
	return answer{status: http.StatusOK, body: s.sessionJSON(x, expand), where: x.ID}
}

// sessionJSON writes a session as Stripe does. The lock is held.
func (s *Server) sessionJSON(x *session, expand map[string]bool) map[string]any {
	out := map[string]any{
		"id": x.ID, "object": "checkout.session", "livemode": false, "mode": "payment", "ui_mode": "hosted",
		"status": x.Status, "payment_status": x.PaymentStatus, "amount_subtotal": x.Amount, "amount_total": x.Amount,
		"currency": x.Currency, "created": x.Created, "expires_at": x.ExpiresAt, "url": nil,
		"client_reference_id": orNull(x.Reference), "customer_email": orNull(x.Email), "customer": nil,
		"customer_creation": "if_required", "customer_details": nil, "success_url": x.SuccessURL, "cancel_url": orNull(x.CancelURL),
		"locale": orNull(x.Locale), "submit_type": orNull(x.SubmitType), "metadata": x.Metadata,
		"payment_method_types": x.Methods, "payment_method_collection": "if_required", "payment_intent": orNull(x.Intent),
		"allow_promotion_codes": nil, "invoice": nil, "payment_link": nil, "setup_intent": nil, "subscription": nil, "consent": nil,
		"custom_fields": []any{}, "shipping_options": []any{}, "recovered_from": nil, "after_expiration": nil,
		"total_details": map[string]any{"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
		"automatic_tax": map[string]any{"enabled": false, "liability": nil, "status": nil},
	}
	if x.Status == "open" {
		out["url"] = s.o.Address() + "/stripe/pay/" + x.ID
	}
	if email := firstOf(x.Payer, x.Email); x.Status == "complete" {
		out["customer_details"] = map[string]any{"email": orNull(email), "name": nil, "phone": nil, "address": nil,
			"tax_exempt": "none", "tax_ids": []any{}}
	}
	deeper := map[string]bool{}
	for e := range expand {
		if rest, ok := strings.CutPrefix(e, "payment_intent."); ok {
			deeper[rest] = true
		}
	}
	if pi := s.intents[x.Intent]; pi != nil && (expand["payment_intent"] || len(deeper) > 0) {
		out["payment_intent"] = s.intentShown(pi, deeper)
	}
	if expand["line_items"] {
		data := []any{}
		for _, it := range x.Items {
			data = append(data, itemJSON(it, x.Created))
		}
		out["line_items"] = map[string]any{"object": "list", "has_more": false,
			"url": "/v1/checkout/sessions/" + x.ID + "/line_items", "data": data}
	}
	return out
}

func itemJSON(it item, created int64) map[string]any {
	sum := it.Unit * it.Quantity
	return map[string]any{"id": it.ID, "object": "item", "description": it.Name, "quantity": it.Quantity, "currency": it.Currency,
		"amount_subtotal": sum, "amount_total": sum, "amount_discount": 0, "amount_tax": 0,
		"price": map[string]any{"id": it.Price, "object": "price", "active": false, "billing_scheme": "per_unit", "created": created,
			"currency": it.Currency, "livemode": false, "metadata": map[string]any{}, "product": it.Product, "recurring": nil,
			"type": "one_time", "unit_amount": it.Unit, "unit_amount_decimal": strconv.FormatInt(it.Unit, 10)}}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// watch expires the session when its time has come. The lock is held.
func (s *Server) watch(x *session) {
	round, wait := s.round, time.Duration(x.ExpiresAt-s.now())*time.Second
	x.stop = s.o.Clock.After(max(wait, 0), func() {
		s.mu.Lock()
		due := s.round == round && x.Status == "open"
		if due {
			s.expire(x)
		}
		s.mu.Unlock()
		if due {
			s.o.Tell()
		}
	})
}

// expire ends an open session and tells the bot. The lock is held.
func (s *Server) expire(x *session) {
	x.forget()
	x.Status = "expired"
	s.tell(s.note("checkout.session.expired", s.sessionJSON(x, nil)))
}

// sortedSessions returns the sessions, newest first. The lock is held.
func (s *Server) sortedSessions() []*session {
	out := make([]*session, 0, len(s.order))
	for _, id := range s.order {
		out = append(out, s.sessions[id])
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Created > out[j].Created })
	return out
}
