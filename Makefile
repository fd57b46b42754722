# Everything is built and tested with Go alone, but for e2e, which installs what it needs.

GO ?= go
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: run test build lint e2e gallery bench bench-matching soak mutate fuzz clean

# The bot and its stand-ins, with a demo company; prints the address of the page. Flags go
# into ARGS: make run ARGS="-data ~/duebot-sandbox".
run:
	$(GO) run ./bot sandbox $(ARGS)

# All tests that need Go alone. Those of ./bot mostly wait: a busy machine needs more than Go's ten
# minutes for them.
test:
	$(GO) test -timeout 30m ./...

# The program, as ./duebot.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o duebot ./bot

# Format, vet, staticcheck.
lint:
	@test -z "$$(gofmt -l .)" || { echo "gofmt would change:"; gofmt -l .; exit 1; }
	$(GO) vet -tags e2e,mutate,bench ./...
	$(GO) run $(STATICCHECK) -tags e2e,mutate,bench ./...

# A headless Chromium plays the story in the page and keeps screenshots in e2e-shots.
e2e:
	.ci/e2e

# Pictures of every form, card and Home tab of staff, of every screen of a customer's chat, and of
# short messages and digests, in each language, into e2e-shots, with all that the chat said as text
# beside them: for whoever words or designs them. It takes the browser of e2e, and ten minutes a
# language: make gallery LANGUAGES="fa zh".
LANGUAGES ?= all
gallery:
	DUEBOT_GALLERY="$(LANGUAGES)" $(GO) test -tags e2e -run TestGallery -count=1 -timeout 120m -v ./bot

# Figures as a table, as ratios against something named, on ledgers that are made once and kept
# in the temporary folder: BENCH_SIZES=10000 make bench is quick.
bench:
	$(GO) test -tags bench -count=1 -timeout 0 -p 1 -run 'TestFigures|TestReminderFigures|TestRateFigures|TestImportFigures|TestInvoiceFigures' -v ./adapters/paper ./bot

# What matching of bank lines keeps of its promises, class by class, on 100 made companies with
# 100,000 open invoices and 10,000 lines each. Seeds 1 to 20 are for tuning, 1001 to 1024 were looked
# at when a rule was mended, and these were not.
SEEDS ?= 2001-2100
bench-matching:
	DUEBOT_MATCHING=$(SEEDS) $(GO) test -count=1 -timeout 0 -run 'TestMatchingFiguresWhole' -v ./ledger/match

# The whole program under random people, faults and restarts, customers who settle their matters
# by every button, money that comes in every way, years of reminders and digests as those who get
# them read them, serve under 50 kills, a campaign to 2,000 customers under 200, years of reminders
# in all zones held against a model, documents of random books with hostile words, bank statements
# of a million lines, and 100,000 steps of the ledger's state machine: make soak SOAK=1h.
SOAK ?= 10m
soak:
	$(GO) test -count=1 -timeout 0 -run TestInvariants -rapid.checks 5200 ./ledger
	DUEBOT_SOAK=$(SOAK) $(GO) test -count=1 -timeout 0 -run TestTwoYears -v ./reminders/simulate
	DUEBOT_SOAK=$(SOAK) $(GO) test -count=1 -timeout 0 -run 'TestHostileDocuments|TestWildLedgers' -v ./adapters/paper
	DUEBOT_SOAK=$(SOAK) $(GO) test -count=1 -timeout 0 -run TestConstantMemory -v ./adapters/bank
	DUEBOT_SOAK=$(SOAK) $(GO) test -count=1 -timeout 0 -run 'TestSimulation|TestCustomersSettle|TestMoneyComes|TestReminderYear|TestKillServe|TestKillCampaign|TestKillCatchUp' -v ./bot

# Every parser and decoder, one after the other: make fuzz FUZZ=2m. What is found stays in
# testdata/fuzz of its package, and is tried by every make test from then on.
FUZZ ?= 1m
fuzz:
	@for f in $$(grep -rl '^func Fuzz' --include='*_test.go' .); do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\).*/\1/p' $$f); do \
			echo "$$(dirname $$f) $$name"; \
			$(GO) test -run xxx -fuzz "^$$name\$$" -fuzztime $(FUZZ) -fuzzminimizetime 10x $$(dirname $$f) || exit 1; \
		done; \
	done

# Each of a list of mistakes in the rules must be found by the tests; some of them alone, by
# their names: make mutate MUTATION="a rate|interest".
mutate:
	$(GO) test -tags mutate -count=1 -timeout 0 -run 'TestMutations/($(MUTATION))' -v ./bot

clean:
	rm -rf duebot e2e-shots
