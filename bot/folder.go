package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"duebot/commands"
	"duebot/ledger"
)

// folder is the watched folder for statements. A file in it that has stopped changing goes the way
// of every dropped file (commands/importfolder.go), and then moves to taken/ or, with a text that
// says why, to refused/. What a file has become is asked of the desk at every look, and so a
// restart goes on where it was.
//
// Who can write into the folder may be a bank's program that is badly made: names are not believed,
// nothing but plain files is opened, and nothing is followed out of the folder.
type folder struct {
	bot   *Bot
	path  string
	files map[string]*lyingFile
	gone  bool // that it cannot be read was told
	stuck map[string]bool
}

// lyingFile is a file in the folder since it was seen first.
type lyingFile struct {
	size   int64
	mod    time.Time
	still  time.Time // since when it has not changed, by the wall clock
	hashed bool
	hash   ledger.Hash
	id     ledger.ImportID // 0 until the desk has it
	done   func()          // ends what counts as under way
}

// folderLook is how often the folder is looked at, and folderStill for how long a file must not have
// changed: whoever writes slowly is not done. Both by the wall clock, as files' times are.
var (
	folderLook  = 2 * time.Second
	folderStill = 3 * time.Second
)

// The folders beside the files: what is in the books, and what is not.
const (
	folderTaken   = "taken"
	folderRefused = "refused"
)

func newFolder(b *Bot) *folder {
	return &folder{bot: b, path: b.cfg.Statements.Folder, files: map[string]*lyingFile{}, stuck: map[string]bool{}}
}

// run looks at the folder until ctx ends.
func (f *folder) run(ctx context.Context) error {
	tick := time.NewTicker(folderLook)
	defer tick.Stop()
	for {
		f.look(ctx)
		select {
		case <-ctx.Done():
			for _, x := range f.files {
				x.over()
			}
			return nil
		case <-tick.C:
		}
	}
}

func (x *lyingFile) over() {
	if x.done != nil {
		x.done()
		x.done = nil
	}
}

// look looks at the folder once.
func (f *folder) look(ctx context.Context) {
	root, err := os.OpenRoot(f.path)
	var names []string
	if err == nil {
		defer root.Close()
		names, err = plainFiles(root)
	}
	if err != nil {
		f.missing(ctx, err)
		return
	}
	f.gone = false
	for name, x := range f.files {
		if !slices.Contains(names, name) {
			x.over()
			delete(f.files, name)
		}
	}
	for _, name := range names {
		if ctx.Err() != nil {
			return
		}
		err := f.file(ctx, root, name)
		if err != nil && ctx.Err() == nil && !errors.Is(err, ledger.ErrClosed) && !errors.Is(err, fs.ErrNotExist) {
			f.trouble(ctx, name, err)
		}
	}
}

// plainFiles are the names of the plain files in the folder that count, in order.
func plainFiles(root *os.Root) (out []string, err error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	all, err := dir.ReadDir(-1)
	for _, e := range all {
		if e.Type().IsRegular() && !unfinished(e.Name()) {
			out = append(out, e.Name())
		}
	}
	slices.Sort(out)
	return out, err
}

// unfinished reports whether a name is that of a file which a program still writes, or hides.
func unfinished(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") ||
		slices.Contains([]string{".tmp", ".part", ".partial", ".crdownload", ".filepart", ".swp"}, strings.ToLower(filepath.Ext(name)))
}

// file does what a file waits for: it has stopped changing, or something became of it.
func (f *folder) file(ctx context.Context, root *os.Root, name string) error {
	info, err := root.Lstat(name)
	if err != nil {
		return err
	}
	x, now := f.files[name], time.Now()
	if x == nil || x.size != info.Size() || !x.mod.Equal(info.ModTime()) {
		if x == nil {
			x = &lyingFile{done: f.bot.begin()}
			f.files[name] = x
		}
		x.size, x.mod, x.still, x.hashed, x.id = info.Size(), info.ModTime(), now, false, 0
		return nil
	}
	if now.Sub(x.still) < folderStill {
		return nil
	}
	if x.id == 0 {
		return f.deposit(ctx, root, name, x)
	}
	end, err := f.bot.desk.FolderOutcome(x.id)
	if end.Forgotten {
		x.id = 0
	}
	if err != nil || !end.Over {
		return err
	}
	return f.moveAway(ctx, root, name, x, end)
}

// deposit hands a file to the desk. One for which there is no room waits.
func (f *folder) deposit(ctx context.Context, root *os.Root, name string, x *lyingFile) (err error) {
	if !x.hashed {
		if x.hash, err = f.hash(root, name, x); err != nil {
			return err
		}
		x.hashed = true
	}
	id, err := f.bot.desk.Deposit(ctx, name, x.hash)
	if commands.ErrFolderFull(err) {
		return nil
	}
	if err != nil {
		return err
	}
	x.id = id
	f.bot.imports.kick()
	x.over() // from here on it counts as under way while somebody works on it
	return nil
}

// hash tells a file from another of its name. One that is too large to be read is told by its size
// and time.
func (f *folder) hash(root *os.Root, name string, x *lyingFile) (h ledger.Hash, err error) {
	if x.size > int64(f.bot.cfg.importMax()) {
		return sha256.Sum256(fmt.Appendf(nil, "%d %d", x.size, x.mod.UnixNano())), nil
	}
	data, err := f.read(root, name)
	return sha256.Sum256(data), err
}

// errTooLarge is of a file that is not read.
var errTooLarge = errors.New("the file is too large")

// read reads a file, if it is still a plain one when it is open: one that waits to be written to
// would hold up everything.
func (f *folder) read(root *os.Root, name string) ([]byte, error) {
	before, err := root.Lstat(name)
	if err != nil {
		return nil, err
	}
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || !os.SameFile(before, info) {
		return nil, fs.ErrNotExist
	}
	data, err := io.ReadAll(io.LimitReader(file, int64(f.bot.cfg.importMax())+1))
	if err == nil && len(data) > f.bot.cfg.importMax() {
		err = errTooLarge
	}
	return data, err
}

// fetchFolder brings the bytes of a file in the folder into the books' working state.
func (i *imports) fetchFolder(ctx context.Context, id ledger.ImportID, name string) error {
	data, err := []byte(nil), error(fs.ErrNotExist)
	if f := i.bot.folder; f != nil && filepath.IsLocal(name) && filepath.Base(name) == name {
		root, failed := os.OpenRoot(f.path)
		if err = failed; err == nil {
			defer root.Close()
			data, err = f.read(root, name)
		}
	}
	var refused error
	switch {
	case errors.Is(err, errTooLarge):
		refused = ledger.Refuse(ledger.BadInput, "file.toolarge", "max", i.bot.cfg.importMax()>>20)
	case err != nil:
		i.bot.log.Warn("fetching a file of the folder", "file", id.Label(), "error", err)
		refused = ledger.Refuse(ledger.NotFound, "file.left")
	}
	return i.bot.desk.Fetched(ctx, id, "", data, refused)
}

// moveAway moves a file to where its end puts it, with the reasons beside one that was refused. The
// text comes first: a stop in between writes it again.
func (f *folder) moveAway(ctx context.Context, root *os.Root, name string, x *lyingFile, end commands.FolderEnd) error {
	to := folderTaken
	if !end.Taken {
		to = folderRefused
	}
	if err := root.Mkdir(to, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	place, err := freeName(root, to, name)
	if err != nil {
		return err
	}
	if !end.Taken {
		if err := root.WriteFile(place+".txt", f.reasons(x.id, end), 0o644); err != nil {
			return err
		}
	}
	if err := root.Rename(name, place); err != nil {
		return err
	}
	delete(f.files, name)
	return f.bot.desk.DropFolder(ctx, name, x.hash)
}

// freeName is a place in a folder that no file has: beside one of its name it gets a number.
func freeName(root *os.Root, dir, name string) (string, error) {
	ext := filepath.Ext(name)
	for n := 1; ; n++ {
		place := filepath.Join(dir, name)
		if n > 1 {
			place = filepath.Join(dir, fmt.Sprintf("%s-%d%s", strings.TrimSuffix(name, ext), n, ext))
		}
		switch _, err := root.Lstat(place); {
		case errors.Is(err, fs.ErrNotExist):
			return place, nil
		case err != nil: // the folder is none, or leads elsewhere
			return "", err
		}
	}
}

// reasons say in the company's language why a file is not in the books.
func (f *folder) reasons(id ledger.ImportID, end commands.FolderEnd) []byte {
	words := f.bot.staffWords(f.bot.cfg.Slack.Finance)
	out := id.Label() + "\n"
	for _, r := range end.Reasons {
		out += words(r) + "\n"
	}
	return []byte(out)
}

// missing tells once that the folder cannot be read.
func (f *folder) missing(ctx context.Context, err error) {
	if f.gone || ctx.Err() != nil {
		return
	}
	ref := reference()
	f.bot.log.Error("reading the folder for statements", "ref", ref, "error", err)
	f.gone = f.tell(ctx, "gone", ref)
}

// trouble tells once that something cannot be done with a file.
func (f *folder) trouble(ctx context.Context, name string, err error) {
	if f.stuck[name] {
		return
	}
	ref := reference()
	f.bot.log.Error("a file in the folder for statements", "ref", ref, "name", fmt.Sprintf("%.200q", name), "error", err)
	f.stuck[name] = f.tell(ctx, "stuck", ref)
}

// tell tells finance of the folder, and reports whether that is written down.
func (f *folder) tell(ctx context.Context, what, ref string) bool {
	err := f.bot.desk.TellOfPayment(ctx, "folder:"+what+":"+ref, "folder."+what, 0, ref)
	if err != nil && !errors.Is(err, ledger.ErrClosed) {
		f.bot.log.Error("telling of the folder for statements", "ref", ref, "error", err)
	}
	return err == nil
}

// statementsFile is what the company decides about statements that come without Slack.
type statementsFile struct {
	Folder string `toml:"folder"` // that is watched for statements; "" for none
	Alone  *bool  `toml:"alone"`  // one that adds up is taken without a press of a button; default: yes
}

// beside makes the folder's path that of one beside the configuration.
func (s *statementsFile) beside(config string) {
	if s.Folder != "" && !filepath.IsAbs(s.Folder) {
		s.Folder = filepath.Join(filepath.Dir(config), s.Folder)
	}
}

// takesAlone reports whether statements in the folder that add up wait for nobody.
func (s *statementsFile) takesAlone() bool { return s.Alone == nil || *s.Alone }

// check checks that the folder is there, and that files can be moved in it.
func (s *statementsFile) check(bad func(setting, format string, args ...any)) {
	if s.Folder == "" {
		return
	}
	info, err := os.Stat(s.Folder)
	switch {
	case err != nil:
		bad("statements.folder", "cannot be looked at; make the folder, or take the setting out")
	case !info.IsDir():
		bad("statements.folder", "is a file; name a folder")
	}
}

// writable is an error where nothing can be written into the folder.
func (s *statementsFile) writable() error {
	file, err := os.CreateTemp(s.Folder, ".duebot-*")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}
