//go:build e2e

package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"duebot/adapters/mail"
	"duebot/adapters/sandbox/mailapi"
	"duebot/bot/text"
	"duebot/commands/card"
)

// A mail server that is not ours, Debian's aiosmtpd, takes our mail with STARTTLS, with TLS
// from the start, and without TLS on this machine; and nothing goes to a server whose
// certificate is a stranger's, or that has no TLS where it is asked for.
func TestE2EMailServer(t *testing.T) {
	program, err := exec.LookPath("aiosmtpd")
	if err != nil {
		t.Skip("aiosmtpd is not installed")
	}
	cert, key, trust := certificate(t)
	for name, c := range map[string]struct {
		scheme string
		args   []string
		tls    *tls.Config
		fails  bool
	}{
		"STARTTLS":          {scheme: "smtp", args: []string{"--tlscert", cert, "--tlskey", key}, tls: trust},
		"TLS":               {scheme: "smtps", args: []string{"--smtpscert", cert, "--smtpskey", key}, tls: trust},
		"this machine":      {scheme: "smtp"},
		"a stranger":        {scheme: "smtps", args: []string{"--smtpscert", cert, "--smtpskey", key}, fails: true},
		"STARTTLS stripped": {scheme: "smtp", tls: trust, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			box := filepath.Join(t.TempDir(), "maildir")
			addr := aiosmtpd(t, program, box, c.args)
			client, err := mail.New(mail.Config{URL: c.scheme + "://" + addr, From: "billing@lindenhof.example", Name: "Lindenhof Studio", TLS: c.tls, Timeout: 5 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			err = sendSample(t, client)
			var refused *card.SendError
			if c.fails {
				if !errors.As(err, &refused) || len(delivered(t, box)) > 0 {
					t.Errorf("got %v, want that nothing is sent", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			checkSample(t, delivered(t, box))
		})
	}
}

func sendSample(t *testing.T, client *mail.Client) error {
	t.Helper()
	texts, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = client.Send(context.Background(), mail.Message{To: []string{"ap@acme.example"}, ID: client.MessageID("n1.x"), At: evening, Try: 1, Lang: "ru",
		Words: wordsIn(texts, "ru"), Card: &card.Card{Title: card.Plain("Счёт для ООО «Ромашка»"), Body: []card.Text{card.Plain("."), card.Plain("From the beginning of a line")}},
		Files: []mail.File{{Name: "счёт.pdf", Type: "application/pdf", Data: []byte("%PDF-1.7\r\n.\r\n")}}})
	return err
}

func checkSample(t *testing.T, mails []string) {
	t.Helper()
	if len(mails) != 1 {
		t.Fatalf("%d mails arrived", len(mails))
	}
	m, err := mailapi.Parse([]byte(strings.ReplaceAll(strings.ReplaceAll(mails[0], "\r\n", "\n"), "\n", "\r\n")), false)
	if err != nil {
		t.Fatal(err)
	}
	if m.Subject != "Счёт для ООО «Ромашка»" || m.MessageID != "<n1.x@lindenhof.example>" || !strings.Contains(m.Text, "\n.\nFrom the") {
		t.Errorf("got %+v", m)
	}
	if len(m.Files) != 1 || m.Files[0].Name != "счёт.pdf" || string(m.Files[0].Data) != "%PDF-1.7\r\n.\r\n" {
		t.Errorf("got the attachments %+v", m.Files)
	}
}

// aiosmtpd starts a server that keeps what it takes in a maildir.
func aiosmtpd(t *testing.T, program, box string, args []string) (addr string) {
	t.Helper()
	addr = freeAddress(t)
	args = append([]string{"-n", "-l", addr, "-c", "aiosmtpd.handlers.Mailbox"}, append(args, box)...)
	cmd := exec.Command(program, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	eventually(t, "a mail server", func() bool {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			conn.Close()
		}
		return err == nil
	})
	return addr
}

func delivered(t *testing.T, box string) (out []string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(box, "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(data))
	}
	return out
}

// certificate makes one for this machine, and the trust in it.
func certificate(t *testing.T) (cert, key string, trust *tls.Config) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	own, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(own)
	return cert, key, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
}
