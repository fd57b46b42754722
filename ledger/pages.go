package ledger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// A pageReader reads a bbolt file without bbolt. Verify must look at files that are
// damaged in any way, and bbolt, which maps the file into memory and trusts it, may crash
// on such a file. Here every number is checked before it is used.
//
// Format (bbolt version 2, little endian): pages of one size; each begins with id u64,
// flags u16, count u16, overflow u32. Pages 0 and 1 are metas; a branch page lists (position
// u32, key size u32, page u64); a leaf page lists (flags u32, position u32, key size u32,
// value size u32). A leaf value with flag 1 is a bucket: root page u64, sequence u64, and,
// where root is 0, a whole leaf page inside the value.
type pageReader struct {
	file     io.ReaderAt
	size     int64
	pageSize int
	pages    uint64 // high water mark of the newest meta
	seen     []bool // by page, as far as the file goes
	problems []string

	window   []byte // of the file: pages are read many at a time where they follow one another
	windowAt int64
	watch    Watch // of bytes
	done     int64
}

// sound returns an error unless the pages of the file at path are such that bbolt may map
// it. A file that is not there yet, or empty, bbolt makes; one that is in use it refuses.
func sound(path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Size() == 0 {
		return nil
	}
	f, err := openRegular(path)
	if err != nil {
		return err
	}
	defer f.Close()
	unlock, err := lockShared(f)
	if err != nil {
		return nil
	}
	defer unlock()
	if info, err = f.Stat(); err != nil {
		return err
	}
	r := &pageReader{file: f, size: info.Size()}
	meta, ok := r.metas()
	if !ok {
		return errors.New("it is no ledger, or its first pages are damaged")
	}
	r.problems = nil // one good meta page is enough: a power cut may leave no more
	r.pageSize, r.pages = meta.pageSize, meta.pages
	r.seen = make([]bool, r.size/int64(r.pageSize)+1)
	r.ordered(meta.root, 0, nil, nil, true)
	if len(r.problems) > 0 {
		return fmt.Errorf("the file is damaged: %s; duebot verify tells more, and duebot restore brings a backup", r.problems[0])
	}
	return nil
}

// ordered sees to it that the pages below page id are where they should be, with their keys in
// order from low on and before high. It is what a walk finds too, at a tenth of the time: a
// program waits for it at each start. In the root's leaves stand the buckets.
func (r *pageReader) ordered(id uint64, depth int, low, high []byte, root bool) {
	b := r.page(id)
	if b == nil {
		return
	}
	le := binary.LittleEndian
	flags, count := le.Uint16(b[8:]), int(le.Uint16(b[10:]))
	if depth > depthMax || flags != flagLeaf && flags != flagBranch || flags == flagBranch && count == 0 || pageHeader+count*leafElement > len(b) {
		r.problem("page %d: its header is damaged", id)
		return
	}
	if flags == flagBranch || root {
		b = bytes.Clone(b) // the pages below take its place
	}
	last := low
	for i := range count {
		e, shift, value := b[pageHeader+i*leafElement:], 0, 0
		if flags == flagLeaf {
			shift, value = 4, int(le.Uint32(e[12:]))
		}
		from := pageHeader + i*leafElement + int(le.Uint32(e[shift:]))
		to := from + int(le.Uint32(e[shift+4:]))
		if from < pageHeader || to < from || to+value > len(b) {
			r.problem("page %d: entry %d lies outside of it", id, i)
			return
		}
		key := b[from:to]
		if c := bytes.Compare(last, key); c > 0 || c == 0 && i > 0 {
			r.problem("page %d: entry %d is out of order", id, i)
			return
		}
		last = key
	}
	if high != nil && count > 0 && bytes.Compare(last, high) >= 0 {
		r.problem("page %d: its last key does not belong there", id)
		return
	}
	if flags == flagLeaf && !root {
		return
	}
	key := func(i int) []byte {
		if i == count {
			return high
		}
		e := b[pageHeader+i*leafElement:]
		from := pageHeader + i*leafElement + int(le.Uint32(e))
		return b[from:][:le.Uint32(e[4:])]
	}
	for i := range count {
		e := b[pageHeader+i*leafElement:]
		if flags == flagBranch {
			r.ordered(le.Uint64(e[8:]), depth+1, key(i), key(i+1), root)
			continue
		}
		value := b[pageHeader+i*leafElement+int(le.Uint32(e[4:]))+int(le.Uint32(e[8:])):][:le.Uint32(e[12:])]
		if le.Uint32(e) != bucketFlag || len(value) < bucketHeader {
			r.problem("page %d: entry %d is no bucket", id, i)
		} else if at := le.Uint64(value); at != 0 {
			r.ordered(at, 0, nil, nil, false)
		} else {
			r.bucket("", id, value, func(string, uint64, []byte, []byte) {})
		}
	}
}

// openRegular opens a file for reading: no folder, and nothing that would let it wait.
func openRegular(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", path)
	}
	return os.Open(path)
}

const (
	windowShort = 1 << 14
	windowLong  = 1 << 18
)

// bytes returns n bytes of the file, good until the next call.
func (r *pageReader) bytes(at int64, n int) ([]byte, bool) {
	end := r.windowAt + int64(len(r.window))
	if at < r.windowAt || at+int64(n) > end {
		size := windowShort
		if at >= r.windowAt && at <= end+windowLong {
			size = windowLong
		}
		size = max(size, n)
		if cap(r.window) < size {
			r.window = make([]byte, size)
		}
		got, _ := r.file.ReadAt(r.window[:size], at) // what is missing shows by the length
		r.window, r.windowAt = r.window[:got], at
		if got < n {
			return nil, false
		}
	}
	return r.window[at-r.windowAt:][:n:n], true
}

// isSeen and see note which pages hang in the tree.
func (r *pageReader) isSeen(id uint64) bool { return id < uint64(len(r.seen)) && r.seen[id] }

func (r *pageReader) see(id uint64) {
	if id < uint64(len(r.seen)) {
		r.seen[id] = true
	}
}

const (
	pageHeader    = 16
	flagBranch    = 0x01
	flagLeaf      = 0x02
	flagMeta      = 0x04
	metaMagic     = 0xED0CDAED
	bucketFlag    = 0x01
	problemsMax   = 20
	pageSizeMin   = 1024
	pageSizeMax   = 1 << 16
	branchElement = 16
	leafElement   = 16
	bucketHeader  = 16
	overflowMax   = 1 << 20
	depthMax      = 32
	metaLen       = 64
	metaSumOffset = 56
)

type metaPage struct {
	pageSize int
	root     uint64
	pages    uint64
	txid     uint64
}

func (r *pageReader) problem(format string, args ...any) {
	if len(r.problems) < problemsMax {
		r.problems = append(r.problems, fmt.Sprintf(format, args...))
	}
}

// metas reads both meta pages and returns the newer good one.
func (r *pageReader) metas() (best metaPage, ok bool) {
	var good [2]bool
	var both [2]metaPage
	sizes := []int{4096, 1024, 2048, 8192, 16384, 32768, 65536}
	both[0], good[0] = r.meta(0, 0)
	if good[0] {
		sizes = []int{both[0].pageSize}
	}
	for _, size := range sizes {
		if both[1], good[1] = r.meta(int64(size), 1); good[1] {
			break
		}
	}
	for i := range good {
		if !good[i] {
			r.problem("page %d: the meta page is damaged", i)
		} else if !ok || both[i].txid > best.txid {
			best, ok = both[i], true
		}
	}
	// Commits write the two in turn, so that they are one apart: or two, by the first commit to
	// a copy, in which bbolt puts the newer one always first. A lost write leaves three.
	if good[0] && good[1] && (both[0].txid > both[1].txid+2 || both[1].txid > both[0].txid+2) {
		r.problem("pages 0 and 1: transactions %d and %d do not follow one another", both[0].txid, both[1].txid)
	}
	return best, ok
}

func (r *pageReader) meta(at int64, id uint64) (m metaPage, ok bool) {
	b := make([]byte, pageHeader+metaLen)
	if _, err := r.file.ReadAt(b, at); err != nil {
		return m, false
	}
	h, b := b[:pageHeader], b[pageHeader:]
	sum := fnv.New64a()
	sum.Write(b[:metaSumOffset])
	le := binary.LittleEndian
	m = metaPage{pageSize: int(le.Uint32(b[8:])), root: le.Uint64(b[16:]), pages: le.Uint64(b[40:]), txid: le.Uint64(b[48:])}
	ok = le.Uint32(b) == metaMagic && le.Uint32(b[4:]) == 2 && sum.Sum64() == le.Uint64(b[metaSumOffset:]) &&
		m.pageSize >= pageSizeMin && m.pageSize <= pageSizeMax && le.Uint64(h) == id && le.Uint16(h[8:]) == flagMeta
	return m, ok
}

// page reads page id with its overflow, nil with a problem noted when it cannot be right. It
// is good until the next call.
func (r *pageReader) page(id uint64) []byte {
	if id < 2 || id >= r.pages {
		r.problem("page %d: there is no such page", id)
		return nil
	}
	if r.isSeen(id) {
		r.problem("page %d: it hangs in two places", id)
		return nil
	}
	at := int64(id) * int64(r.pageSize)
	head, ok := r.bytes(at, pageHeader)
	if !ok {
		r.problem("page %d: the file ends before it", id)
		return nil
	}
	overflow := uint64(binary.LittleEndian.Uint32(head[12:]))
	if binary.LittleEndian.Uint64(head) != id || overflow > overflowMax || id+overflow >= r.pages {
		r.problem("page %d: its header is damaged", id)
		return nil
	}
	for i := id; i <= id+overflow; i++ {
		if i > id && r.isSeen(i) {
			r.problem("page %d: it hangs in two places", i)
			return nil
		}
		r.see(i)
	}
	size := int64(overflow+1) * int64(r.pageSize)
	if at+size > r.size {
		r.problem("page %d: the file ends inside it", id)
		return nil
	}
	b, ok := r.bytes(at, int(size))
	if !ok {
		r.problem("page %d: the file ends inside it", id)
		return nil
	}
	if before := r.done; before>>20 != (before+size)>>20 {
		r.watch.tell(before+size, r.size)
	}
	r.done += size
	return b
}

// walk calls leaf with each key and value below page root, in order. It tells where: the
// page that holds them.
func (r *pageReader) walk(root uint64, depth int, last *[]byte, leaf func(page uint64, flags uint32, key, value []byte)) {
	b := r.page(root)
	if b == nil {
		return
	}
	if depth > depthMax {
		r.problem("page %d: the tree is too deep", root)
		return
	}
	switch binary.LittleEndian.Uint16(b[8:]) {
	case flagLeaf:
		r.leaf(root, b, last, leaf)
	case flagBranch:
		r.branch(root, bytes.Clone(b), depth, last, leaf)
	default:
		r.problem("page %d: it is neither branch nor leaf", root)
	}
}

func (r *pageReader) branch(id uint64, b []byte, depth int, last *[]byte, leaf func(uint64, uint32, []byte, []byte)) {
	le := binary.LittleEndian
	count := int(le.Uint16(b[10:]))
	if count == 0 || pageHeader+count*branchElement > len(b) {
		r.problem("page %d: it claims %d entries", id, count)
		return
	}
	keys, children := make([][]byte, count), make([]uint64, count)
	for i := range count {
		at := pageHeader + i*branchElement
		from := at + int(le.Uint32(b[at:]))
		to := from + int(le.Uint32(b[at+4:]))
		if from < pageHeader || to < from || to > len(b) {
			r.problem("page %d: entry %d lies outside of it", id, i)
			return
		}
		if keys[i], children[i] = b[from:to], le.Uint64(b[at+8:]); i > 0 && bytes.Compare(keys[i-1], keys[i]) >= 0 {
			r.problem("page %d: entry %d is out of order", id, i)
			return
		}
	}
	for i, child := range children {
		r.walk(child, depth+1, last, func(p uint64, flags uint32, k, v []byte) {
			// A branch's key may lag behind its child's first one after deletes, but never lead.
			if bytes.Compare(keys[i], k) > 0 || i+1 < count && bytes.Compare(k, keys[i+1]) >= 0 {
				r.problem("page %d: entry %d leads to a key that does not belong there", id, i)
			}
			leaf(p, flags, k, v)
		})
	}
}

func (r *pageReader) leaf(id uint64, b []byte, last *[]byte, leaf func(uint64, uint32, []byte, []byte)) {
	le := binary.LittleEndian
	count := int(le.Uint16(b[10:]))
	if pageHeader+count*leafElement > len(b) {
		r.problem("page %d: it claims %d entries", id, count)
		return
	}
	for i := range count {
		at := pageHeader + i*leafElement
		e := b[at:]
		from := at + int(le.Uint32(e[4:]))
		mid := from + int(le.Uint32(e[8:]))
		to := mid + int(le.Uint32(e[12:]))
		if from < pageHeader || mid < from || to < mid || to > len(b) {
			r.problem("page %d: entry %d lies outside of it", id, i)
			return
		}
		key := b[from:mid]
		if len(*last) > 0 && bytes.Compare(*last, key) >= 0 {
			r.problem("page %d: entry %d is out of order", id, i)
			return
		}
		*last = append((*last)[:0], key...)
		leaf(id, le.Uint32(e), key, b[mid:to])
	}
}

// buckets calls each with every key and value of every bucket below page root; those of
// the bucket last come after all others.
func (r *pageReader) buckets(root uint64, last string, begin func(name string), each func(bucket string, page uint64, key, value []byte)) {
	var rest, end []func()
	var before []byte
	r.walk(root, 0, &before, func(page uint64, flags uint32, key, value []byte) {
		name := string(key)
		if flags != bucketFlag || len(value) < bucketHeader {
			r.problem("page %d: %q is no bucket", page, name)
			return
		}
		begin(name)
		value = append([]byte{}, value...)
		read := func() { r.bucket(name, page, value, each) }
		if name == last {
			end = append(end, read)
		} else {
			rest = append(rest, read)
		}
	})
	for _, read := range append(rest, end...) {
		read()
	}
}

// bucket reads one bucket: from its own pages, or from the page inside its value.
func (r *pageReader) bucket(name string, page uint64, value []byte, each func(bucket string, page uint64, key, value []byte)) {
	var last []byte
	plain := func(page uint64, flags uint32, k, v []byte) { r.plain(name, page, flags, k, v, each) }
	if at := binary.LittleEndian.Uint64(value); at != 0 {
		r.walk(at, 0, &last, plain)
		return
	}
	inline := value[bucketHeader:]
	if len(inline) < pageHeader || binary.LittleEndian.Uint16(inline[8:]) != flagLeaf {
		r.problem("page %d: bucket %q is damaged", page, name)
		return
	}
	r.leaf(page, inline, &last, plain)
}

func (r *pageReader) plain(bucket string, page uint64, flags uint32, k, v []byte, each func(string, uint64, []byte, []byte)) {
	if flags != 0 {
		r.problem("page %d: an entry of %s has flags %d", page, bucket, flags)
		return
	}
	each(bucket, page, k, v)
}
