package ledger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"
)

// Books are one company's ledger, open for use. Any number of goroutines may call Update
// and View.
type Books struct {
	store Store
	now   func() time.Time
	key   []byte // seals buttons and links
	files Files

	mu   sync.RWMutex // guards s and batch
	s    *state
	done *sync.Cond // announces durable and failed

	batch               *pending // being filled by the writer
	oldReply, nextReply uint64   // rows of tableReplies in use
	finder              finder   // of names, numbers and sums; see find.go
	durable             uint64   // commits that are on the disk
	filled              uint64   // number of the commit being filled
	failed              error

	touched func(*Tx, []InvoiceID) error // Options.Touched

	calendar Calendar // Options.Calendar
	edges    AgingEdges

	jobs     chan *job
	stopped  chan struct{}
	stopOnce sync.Once
	onCommit func()
	onFail   func(error)
}

// Options are what books are opened with.
type Options struct {
	Now      func() time.Time // business time
	Mark     string           // what the file is for: "sandbox" or "" (real); a file made for another use is refused
	OnCommit func()           // called after each commit, from the writer: it must not block
	Watch    Watch            // of reading the facts; may be nil
	// Touched is called at the end of each command whose facts are about invoices, with these.
	// What it books belongs to the command. It may be nil.
	Touched func(tx *Tx, about []InvoiceID) error
	// Calendar knows the public holidays of countries; nil: only weekends are free.
	Calendar Calendar
	Aging    AgingEdges  // of the reports of receivables; the zero value is UsualEdges
	OnFail   func(error) // a commit could not be made durable: the process must end; the default panics
}

// Command is one thing that somebody wants done.
type Command struct {
	// Key is the platform's own id of the request ("slack:trigger:…"). The same key is
	// applied once: the second time its stored reply comes back. "" is for what the program
	// does by itself.
	Key   string
	By    string // who: "slack:UFINANCE01", "telegram:1001", "stripe", "duebot"
	Input string // what was asked; the same key with another input is refused
	// Run does it, and returns what the asker is to be told. An error drops everything
	// that Run did; a Refusal is for the asker.
	Run func(tx *Tx) (reply []byte, err error)
}

// Reply is what became of a command.
type Reply struct {
	Data  []byte
	Again bool // it was applied before; Data is what was said then
}

// pending is the commit being filled: what its commands wrote so far.
type pending struct {
	facts [][]byte
	first uint64
	rows  []Row
	last  map[string]int // rowID → index in rows + 1
}

type job struct {
	cmd   Command
	reply Reply
	err   error
	done  chan struct{}
}

// Path names the file that Open uses in folder dir.
func Path(dir string) string { return dir + "/duebot.db" }

// Open opens the books in the bbolt file at path, making it where there is none.
func Open(path string, o Options) (*Books, error) {
	fresh := !exists(path)
	store, err := openBolt(path)
	if err != nil {
		return nil, fmt.Errorf("opening books %s: %w", path, err)
	}
	b, err := openStore(store, o, fresh)
	if err != nil {
		store.Close()
		return nil, fmt.Errorf("opening books %s: %w", path, err)
	}
	b.files = FilesOf(path)
	return b, nil
}

// ErrMark is returned when the file was made for another use: a sandbox's for serve, a
// real one for the sandbox.
var ErrMark = errors.New("this ledger was made for another use")

func openStore(store Store, o Options, fresh bool) (*Books, error) {
	b := &Books{store: store, now: o.Now, s: newState(), jobs: make(chan *job, 1024),
		stopped: make(chan struct{}), onCommit: o.OnCommit, onFail: o.OnFail, touched: o.Touched, calendar: o.Calendar, edges: o.Aging}
	if b.edges == (AgingEdges{}) {
		b.edges = UsualEdges
	}
	if b.onCommit == nil {
		b.onCommit = func() {}
	}
	if b.onFail == nil {
		b.onFail = func(err error) { panic(err) }
	}
	b.s.read = (&View{b: b, s: b.s}).Text
	b.done = sync.NewCond(&sync.Mutex{})
	b.batch = &pending{last: map[string]int{}}
	if err := b.identify(o.Mark); err != nil {
		return nil, err
	}
	if err := b.load(o.Watch); err != nil {
		return nil, err
	}
	b.batch.first = b.s.head.Seq + 1
	b.filled = 1
	go b.write()
	return b, nil
}

// identify reads the file's own key and mark, giving them to a file that has none.
func (b *Books) identify(mark string) error {
	key, err := b.store.Row(tableFile, "key")
	if err != nil {
		return err
	}
	if key == nil {
		key = make([]byte, 32)
		rand.Read(key)
		rows := []Row{{tableFile, "key", key}, {tableFile, "mark", []byte(mark)}}
		if err := b.store.Commit(&Batch{First: 1, Rows: rows}); err != nil {
			return err
		}
	}
	b.key = key
	got, err := b.store.Row(tableFile, "mark")
	if err == nil && string(got) != mark {
		err = ErrMark
	}
	return err
}

// replayGCPercent is how much the memory may grow, in percent, between two collections while
// the books are read.
const replayGCPercent = 400

// load makes the projections from the facts, and reads the working state.
func (b *Books) load(watch Watch) error {
	s := b.s
	s.replay = true
	// What a replay makes stays: looking for garbage meanwhile finds little.
	defer debug.SetGCPercent(debug.SetGCPercent(replayGCPercent))
	end, err := b.store.Head()
	if err != nil {
		return err
	}
	r := newReplay(false)
	err = r.run(func() error {
		return b.store.Facts(1, func(_ uint64, rec []byte) error { return r.add(0, rec) })
	}, func(c *chunk) error {
		for i := range c.facts {
			s.apply(&c.facts[i])
		}
		watch.tell(int64(s.head.Seq), int64(end.Seq))
		if c.bad != nil {
			return fmt.Errorf("%w: run duebot verify", c.bad)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if end != s.head {
		return fmt.Errorf("the facts end at %d, and the file says %d: run duebot verify", s.head.Seq, end.Seq)
	}
	if err := b.loadWork(); err != nil {
		return err
	}
	s.replay, s.ended = false, nil
	return nil
}

// write is the one writer: it runs waiting commands in turn, each over what the ones before
// it did, and commits them together.
func (b *Books) write() {
	defer close(b.stopped)
	for j := range b.jobs {
		jobs := b.gather(j)
		b.run(jobs)
		if err := b.commit(); err != nil {
			b.fail(jobs, err)
			return
		}
		for _, j := range jobs {
			close(j.done)
		}
		b.onCommit()
	}
}

// batchMax keeps a commit short: larger ones are no faster.
const batchMax = 1000

// gather takes what waits, yielding until the queue stops growing: a commit costs two
// syncs of the disk however many commands share it.
func (b *Books) gather(first *job) []*job {
	jobs := []*job{first}
	for still := 0; still < 3 && len(jobs) < batchMax; {
		select {
		case j, ok := <-b.jobs:
			if !ok {
				return jobs
			}
			jobs, still = append(jobs, j), 0
		default:
			still++
			runtime.Gosched()
		}
	}
	return jobs
}

func (b *Books) run(jobs []*job) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, j := range jobs {
		b.runOne(j)
	}
}

// runOne runs a command and drops all that it did when it is refused.
func (b *Books) runOne(j *job) {
	s, p := b.s, b.batch
	mark, facts, rows := len(s.undo), len(p.facts), len(p.rows)
	tx := &Tx{View: View{b: b, s: s, Now: b.instant(), under: true}, cmd: &j.cmd}
	j.reply, j.err = tx.runOnce()
	if j.err != nil {
		s.rollback(mark)
		p.facts, p.rows = p.facts[:facts], p.rows[:rows]
		p.index()
	}
}

// runOnce applies the command's key: a key that was used gives the stored reply.
func (tx *Tx) runOnce() (reply Reply, err error) {
	defer func() {
		if r := recover(); r != nil {
			// Neither what was asked nor who asked: this goes into a log.
			buf := make([]byte, 8192)
			err = fmt.Errorf("a command panicked: %v\n%s", r, buf[:runtime.Stack(buf, false)])
		}
	}()
	key := tx.cmd.Key
	if key == "" {
		data, err := tx.runWhole()
		return Reply{Data: data}, err
	}
	if row, ok := tx.s.keys[key]; ok {
		return tx.again(row)
	}
	if tx.s.done[key] {
		return Reply{Again: true}, nil
	}
	data, err := tx.runWhole()
	if err != nil {
		return Reply{}, err
	}
	if tx.secret {
		tx.storeReply(key, nil)
	} else {
		tx.storeReply(key, data)
	}
	return Reply{Data: data}, nil
}

// runWhole runs the command, and refuses one that needs a second person and was not asked
// through Guard.
func (tx *Tx) runWhole() ([]byte, error) {
	tx.s.touched, tx.from = nil, tx.s.head.Seq
	data, err := tx.cmd.Run(tx)
	if err == nil && len(tx.gauge.needs) > 0 {
		return nil, Refuse(Forbidden, "approval.needed")
	}
	if err == nil {
		err = tx.tellTouched()
	}
	return data, err
}

// instant is business time to the millisecond, never before what was recorded last.
func (b *Books) instant() time.Time {
	now := b.now().UTC().Truncate(time.Millisecond)
	if now.Before(b.s.recorded) {
		return b.s.recorded
	}
	return now
}

// commit makes the batch durable. No command runs meanwhile, but readers do: what they
// see, they may tell only once it is durable (see View).
func (b *Books) commit() error {
	p := b.batch
	if len(p.facts)+len(p.rows) > 0 {
		err := b.store.Commit(&Batch{First: p.first, Facts: p.facts, Rows: p.rows, Head: b.s.head})
		if err != nil {
			return fmt.Errorf("committing to the ledger: %w", err)
		}
	}
	b.mu.Lock()
	b.s.undo = b.s.undo[:0]
	b.batch = &pending{first: b.s.head.Seq + 1, last: map[string]int{}}
	b.filled++
	b.mu.Unlock()
	b.done.L.Lock()
	b.durable++
	b.done.L.Unlock()
	b.done.Broadcast()
	return nil
}

// fail ends the books: what is on the disk is not known any more.
func (b *Books) fail(jobs []*job, err error) {
	b.done.L.Lock()
	b.failed = err
	b.done.L.Unlock()
	b.done.Broadcast()
	for _, j := range jobs {
		j.err = err
		close(j.done)
	}
	b.onFail(err)
}

// ErrClosed is returned by books that were closed.
var ErrClosed = errors.New("the ledger is closed")

// Update runs cmd in the one writer and returns when its effects are durable. It returns
// a Refusal when the books say no, and then nothing has changed.
func (b *Books) Update(ctx context.Context, cmd Command) (reply Reply, err error) {
	j := &job{cmd: cmd, done: make(chan struct{})}
	defer func() {
		if recover() != nil { // the queue was closed
			err = ErrClosed
		}
	}()
	select {
	case b.jobs <- j:
	case <-b.stopped:
		return Reply{}, ErrClosed
	case <-ctx.Done():
		return Reply{}, ctx.Err()
	}
	select {
	case <-j.done:
		return j.reply, j.err
	case <-b.stopped:
		select {
		case <-j.done:
			return j.reply, j.err
		default:
			return Reply{}, ErrClosed
		}
	}
}

// View runs fn on a consistent state. It returns after everything that fn saw is durable.
func (b *Books) View(fn func(v *View) error) error {
	b.mu.RLock()
	seen := b.filled - 1
	if len(b.batch.facts)+len(b.batch.rows) > 0 {
		seen++
	}
	err := fn(&View{b: b, s: b.s, Now: b.instant()})
	b.mu.RUnlock()
	b.done.L.Lock()
	defer b.done.L.Unlock()
	for b.durable < seen && b.failed == nil {
		b.done.Wait()
	}
	if b.failed != nil {
		return b.failed
	}
	return err // a refusal tells of the state too
}

// Close waits for the commands under way and closes the file.
func (b *Books) Close() error {
	err := error(nil)
	b.stopOnce.Do(func() {
		close(b.jobs)
		<-b.stopped
		err = b.store.Close()
	})
	return err
}

// View reads the books. It is good only during the call that it was given to.
type View struct {
	b   *Books
	s   *state
	Now time.Time // business time of this transaction, UTC

	// May is what whoever asks may name and see: nil for all, else a function that returns nil
	// for a customer whom he may, and the refusal that he is told for any other.
	May func(*Customer) error

	under bool // it is of a command under way
}

// Underway reports whether v is of a command under way, which may still be dropped with all that it
// did: what is found by v then is good for that command alone.
func (v *View) Underway() bool { return v.under }

// Allowed returns the refusal that whoever asks is told when he may not name c.
func (v *View) Allowed(c *Customer) error {
	if v.May == nil || c == nil {
		return nil
	}
	return v.May(c)
}

// Sees reports whether whoever asks may see c: lists leave out whom he may not.
func (v *View) Sees(c *Customer) bool { return v.Allowed(c) == nil }

// Tx reads and changes the books inside one command.
type Tx struct {
	View
	cmd    *Command
	wrote  bool
	secret bool   // the reply tells a secret, and is not stored
	spoke  string // by whom the last fact was
	from   uint64 // the last fact before this command
	gauge  gauge  // of approvals; see approval.go

	importing bool // it books the rows of an import; see reserved
}

// Today is the company's day at the transaction's time.
func (v *View) Today() Date { return DateOf(v.Now, v.s.company.Zone()) }

// Head is where the chain of facts ends.
func (v *View) Head() Head { return v.s.head }

// append books one fact: it is checked, written behind the others and applied.
func (tx *Tx) append(effective Date, body Body, postings ...Posting) (*Fact, error) {
	tx.s.valueOwn(postings)
	if err := balanced(postings); err != nil {
		return nil, err
	}
	effective, err := tx.gate(effective, body)
	if err != nil {
		return nil, err
	}
	tx.consider(body, postings)
	f := &Fact{Seq: tx.s.head.Seq + 1, Recorded: tx.Now, Effective: effective, By: tx.actor(),
		Body: body, Postings: postings}
	if acting := tx.gauge.acting; acting != nil {
		f.Approval = acting.ID
	}
	if !tx.wrote || f.By != tx.spoke {
		f.Via = tx.b.via(tx.cmd.Key)
	}
	rec, err := f.record(tx.s.head.Hash)
	if err != nil {
		return nil, err
	}
	tx.b.batch.facts = append(tx.b.batch.facts, rec)
	tx.wrote, tx.spoke = true, f.By
	tx.s.apply(f)
	tx.touch(f)
	return f, nil
}

// via is what a fact keeps of its command's key. A chat's id is in a chat platform's keys,
// and has no place in a fact: it keeps a proof of the key instead.
func (b *Books) via(key string) string {
	if strings.HasPrefix(key, "telegram:") {
		return "telegram:" + b.Seal("via", key)
	}
	return key
}

// fact reads one fact, from the file or from the commit being filled.
func (v *View) fact(seq uint64) (*Fact, error) {
	if p := v.b.batch; seq >= p.first && seq < p.first+uint64(len(p.facts)) {
		return readFact(seq, append([]byte(nil), p.facts[seq-p.first]...))
	}
	rec, err := v.b.store.Fact(seq)
	if err != nil {
		return nil, err
	}
	if rec == nil {
		return nil, fmt.Errorf("fact %d is missing", seq)
	}
	return readFact(seq, rec)
}

// Facts calls each with the facts from number first on, oldest first.
func (v *View) Facts(first uint64, each func(*Fact) error) error {
	for seq := max(first, 1); seq <= v.s.head.Seq; seq++ {
		f, err := v.fact(seq)
		if err == nil {
			err = each(f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// put writes a row of working state with this command's commit; nil deletes it.
func (tx *Tx) put(t Table, key string, value []byte) {
	p := tx.b.batch
	p.rows = append(p.rows, Row{t, key, value})
	p.last[rowID(t, key)] = len(p.rows)
}

// row reads a row as the commands before this one left it.
func (v *View) row(t Table, key string) ([]byte, error) {
	if i := v.b.batch.last[rowID(t, key)]; i > 0 {
		return v.b.batch.rows[i-1].Value, nil
	}
	return v.b.store.Row(t, key)
}

func (p *pending) index() {
	clear(p.last)
	for i, r := range p.rows {
		p.last[rowID(r.Table, r.Key)] = i + 1
	}
}

// replyLife is how long stored replies are kept: no platform repeats a request later.
const replyLife = 7 * 24 * time.Hour

// storedReply is a row of tableReplies.
type storedReply struct {
	Key   string
	At    time.Time
	Input Hash
	Data  []byte
}

func (r *storedReply) code(c *coder) {
	str(c, &r.Key)
	c.instant(&r.At)
	c.fixed(r.Input[:])
	c.bytes(&r.Data)
}

func (tx *Tx) storeReply(key string, data []byte) {
	r := storedReply{Key: key, At: tx.Now, Input: sha256.Sum256([]byte(tx.cmd.Input)), Data: data}
	n := tx.b.nextReply
	set(tx.s, &tx.b.nextReply, n+1)
	tx.put(tableReplies, replyKey(n), encode(1, r.code))
	put(tx.s, tx.s.keys, key, n)
	if n%64 == 0 {
		tx.forgetReplies(128)
	}
}

// forgetReplies drops up to max replies that nobody can ask for again.
func (tx *Tx) forgetReplies(max int) {
	for ; max > 0 && tx.b.oldReply < tx.b.nextReply; max-- {
		data, err := tx.row(tableReplies, replyKey(tx.b.oldReply))
		var r storedReply
		if err != nil || data != nil && decode(data, 1, r.code) != nil {
			return
		}
		if data != nil {
			if tx.Now.Sub(r.At) < replyLife {
				return
			}
			tx.put(tableReplies, replyKey(tx.b.oldReply), nil)
			drop(tx.s, tx.s.keys, r.Key)
		}
		set(tx.s, &tx.b.oldReply, tx.b.oldReply+1)
	}
}

// again returns the stored reply of a key that was used before.
func (tx *Tx) again(row uint64) (Reply, error) {
	data, err := tx.row(tableReplies, replyKey(row))
	if err != nil {
		return Reply{}, err
	}
	var r storedReply
	if err := decode(data, 1, r.code); err != nil {
		return Reply{}, fmt.Errorf("stored reply: %w", err)
	}
	if r.Input != sha256.Sum256([]byte(tx.cmd.Input)) {
		return Reply{}, Refuse(Conflict, "key.reused")
	}
	return Reply{Data: r.Data, Again: true}, nil
}

func replyKey(n uint64) string { return string(binary.BigEndian.AppendUint64(nil, n)) }

func rowID(t Table, key string) string { return string(t) + "\x00" + key }
