//go:build bench

package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"duebot/ledger"

	bolt "go.etcd.io/bbolt"
)

// twoSyncs is the median time of what a commit of bbolt asks of the disk: a page written
// and synced, and another one.
func twoSyncs(t *testing.T) time.Duration {
	f, err := os.CreateTemp(benchDir(), "sync")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	page := make([]byte, 4096)
	f.Write(make([]byte, 1<<20))
	f.Sync()
	var times []time.Duration
	for i := range 300 {
		began := time.Now()
		for half := range 2 {
			f.WriteAt(page, int64((2*i+half)%256)*4096)
			if err := syscall.Fdatasync(int(f.Fd())); err != nil {
				t.Fatal(err)
			}
		}
		times = append(times, time.Since(began))
	}
	return median(times)
}

// rawBolt posts rows of the same sizes as an invoice's, one writer draining a queue: what
// bbolt and the disk alone can do.
func rawBolt(t *testing.T, sizes []int, writers int, length time.Duration) posted {
	path := filepath.Join(benchDir(), "raw.db")
	os.Remove(path)
	defer os.Remove(path)
	db, err := bolt.Open(path, 0o600, &bolt.Options{NoFreelistSync: true, FreelistType: bolt.FreelistMapType})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	jobs := make(chan chan error, 1024)
	go func() {
		seq, rec := uint64(0), make([]byte, 4096)
		for j := range jobs {
			batch := []chan error{j}
			for more := true; more && len(batch) < 1000; {
				select {
				case j, ok := <-jobs:
					if more = ok; ok {
						batch = append(batch, j)
					}
				default:
					more = false
				}
			}
			err := db.Update(func(tx *bolt.Tx) error {
				bucket, err := tx.CreateBucketIfNotExists([]byte("facts"))
				if err != nil {
					return err
				}
				bucket.FillPercent = 1
				for range batch {
					for _, n := range sizes {
						seq++
						if err := bucket.Put(fmt.Appendf(nil, "%016x", seq), rec[:n]); err != nil {
							return err
						}
					}
				}
				return nil
			})
			for _, j := range batch {
				j <- err
			}
		}
	}()
	defer close(jobs)
	return post(writers, length, func(int64) error {
		j := make(chan error, 1)
		jobs <- j
		return <-j
	})
}

// posted is how fast something was done: how often per second, and the median time of one.
type posted struct {
	rate float64
	p50  time.Duration
}

// post has writers call one over and over.
func post(writers int, length time.Duration, one func(n int64) error) posted {
	var n atomic.Int64
	var mu sync.Mutex
	var times []time.Duration
	var wg sync.WaitGroup
	began := time.Now()
	for range writers {
		wg.Go(func() {
			var mine []time.Duration
			for at := time.Now(); at.Sub(began) < length; {
				if err := one(n.Add(1)); err != nil {
					panic(err)
				}
				now := time.Now()
				mine, at = append(mine, now.Sub(at)), now
			}
			mu.Lock()
			defer mu.Unlock()
			times = append(times, mine...)
		})
	}
	wg.Wait()
	return posted{float64(len(times)) / time.Since(began).Seconds(), median(times)}
}

// postgres is a server of its own, on a socket in a temporary folder.
type postgres struct {
	dir, bin string
	attr     *syscall.SysProcAttr // the user that it runs as: never root
}

// startPostgres starts Debian's PostgreSQL, installing it where it is missing; it returns nil,
// and says so, where there is none.
func startPostgres(t *testing.T) *postgres {
	find := func() string {
		bins, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
		if len(bins) == 0 {
			return ""
		}
		return bins[len(bins)-1]
	}
	p := &postgres{bin: find()}
	if p.bin == "" && os.Getuid() == 0 {
		out, err := exec.Command("sh", "-c", "apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends postgresql hledger").CombinedOutput()
		t.Logf("installing PostgreSQL: %v %s", err, last(string(out)))
		p.bin = find()
	}
	if p.bin == "" {
		t.Log("no PostgreSQL here: its columns stay empty")
		return nil
	}
	dir, err := os.MkdirTemp("", "duebot-pg")
	if err != nil {
		t.Fatal(err)
	}
	p.dir = dir
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			t.Fatal(err)
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		p.attr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		os.Chown(dir, uid, gid)
	}
	p.run(t, "initdb", "-D", dir+"/data", "-A", "trust", "-U", "bench", "--no-locale", "-E", "UTF8")
	settings := "listen_addresses=''\nunix_socket_directories='" + dir + "'\nmax_connections=100\nshared_buffers=1GB\nwork_mem=256MB\n" +
		"maintenance_work_mem=512MB\nmax_wal_size=8GB\ncheckpoint_timeout=30min\nsynchronous_commit=on\nfsync=on\nfull_page_writes=on\n"
	conf, err := os.OpenFile(dir+"/data/postgresql.conf", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	conf.WriteString(settings)
	conf.Close()
	p.run(t, "pg_ctl", "-D", dir+"/data", "-l", dir+"/log", "-w", "start")
	t.Cleanup(func() {
		p.run(t, "pg_ctl", "-D", dir+"/data", "-m", "immediate", "stop")
		os.RemoveAll(dir)
	})
	p.run(t, "createdb", "-h", dir, "-U", "bench", "bench")
	return p
}

func (p *postgres) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(filepath.Join(p.bin, name), args...)
	cmd.SysProcAttr, cmd.Dir = p.attr, p.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %.600s", name, err, out)
	}
	return string(out)
}

// script runs a file of testdata/bench in psql.
func (p *postgres) script(t *testing.T, name string, args ...string) string {
	data, err := os.ReadFile("testdata/bench/" + name)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(p.dir, name)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return p.run(t, "psql", append([]string{"-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", p.dir, "-U", "bench", "-d", "bench", "-f", path}, args...)...)
}

// load brings the invoices of the books into tables.
func (p *postgres) load(t *testing.T, books *ledger.Books) {
	f, err := os.Create(filepath.Join(p.dir, "invoices.csv"))
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	books.View(func(v *ledger.View) error {
		v.Invoices(func(i *ledger.Invoice) {
			net := i.Total * 100 / 119
			fmt.Fprintf(w, "%d,%s,%d,%s,%s,%s,%d,%d,%d,%d\n", i.ID, i.Number, i.Customer, i.Currency, i.Date, i.Due, net, i.Total-net, i.Total, i.Open)
		})
		return nil
	})
	w.Flush()
	f.Close()
	os.Chmod(f.Name(), 0o644)
	p.script(t, "schema.sql")
	p.script(t, "load.sql")
}

var tps = regexp.MustCompile(`tps = ([0-9.]+)`)

// post runs a script of pgbench: prepared statements over the Unix socket.
func (p *postgres) post(t *testing.T, script string, clients, customers int, length time.Duration) posted {
	data, err := os.ReadFile("testdata/bench/" + script)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(p.dir, script)
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	out := p.run(t, "pgbench", "-h", p.dir, "-U", "bench", "-n", "-M", "prepared", "-D", fmt.Sprintf("customers=%d", customers),
		"-T", fmt.Sprint(int(length.Seconds())), "-c", fmt.Sprint(clients), "-j", fmt.Sprint(min(clients, 2)), "-f", path, "bench")
	m := tps.FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("pgbench: %s", last(out))
	}
	rate, _ := strconv.ParseFloat(m[1], 64)
	return posted{rate, time.Duration(float64(clients) / rate * float64(time.Second))}
}

var timing = regexp.MustCompile(`(?m)^Time: ([0-9.]+) ms`)

// aging returns the times of the three questions: all customers, one, the totals.
func (p *postgres) aging(t *testing.T, day ledger.Date) (out [3]time.Duration) {
	all := timing.FindAllStringSubmatch(p.script(t, "aging.sql", "-v", "day="+day.String()), -1)
	if len(all) != 3 {
		t.Fatalf("psql gave %d times", len(all))
	}
	for i, m := range all {
		ms, _ := strconv.ParseFloat(m[1], 64)
		out[i] = time.Duration(ms * float64(time.Millisecond))
	}
	return out
}

// taken is what a program took, from its start to its end.
type taken struct {
	wall   time.Duration
	memory int64 // bytes at most
}

func measure(t *testing.T, cmd *exec.Cmd) (out taken) {
	t.Helper()
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = io.Discard, &said
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	// What the system tells of a process that ended counts its parent's memory too.
	for {
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("%s: %v: %s", cmd.Path, err, last(said.String()))
			}
			out.wall = time.Since(began)
			return out
		case <-time.After(5 * time.Millisecond):
			out.memory = max(out.memory, peakMemory(cmd.Process.Pid))
		}
	}
}

var peak = regexp.MustCompile(`VmHWM:\s*(\d+) kB`)

// peakMemory is the most memory that a running process had so far, in bytes.
func peakMemory(pid int) int64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	m := peak.FindSubmatch(status)
	if m == nil {
		return 0
	}
	kB, _ := strconv.ParseInt(string(m[1]), 10, 64)
	return kB << 10
}

// last is the end of what a program printed.
func last(out string) string {
	out = strings.TrimSpace(out)
	return out[max(0, len(out)-300):]
}
