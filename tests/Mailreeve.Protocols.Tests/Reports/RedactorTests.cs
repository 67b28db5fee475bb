using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Mailreeve.Protocols.Reports;

namespace Mailreeve.Protocols.Tests.Reports;

/// <summary>Could the accused find the complainant or the trap from what we show? Each place a recipient hides in gets a canary.</summary>
public class RedactorTests
{
    private const string Trap = "wanda.trap81@lures.reporter.example";
    private const string Token = "k9Zt4Qx71LmVb03Yw";

    private static readonly RedactionFacts Facts = new()
    {
        Key = Encoding.UTF8.GetBytes("a key for tests, 32 bytes long.."),
        ReporterMailboxes = ["fbl@reporter.example"],
        ReporterHosts = ["reporter.example", "198.51.100.77"],
        Recipients = [Trap],
        OwnHosts = ["provider.example"],
    };

    // Everything research on leaks lists, in one message. Nothing here may survive.
    private static readonly string[] Canaries =
    [
        "wanda.trap81", "wanda=2Etrap81", "lures.reporter.example", "reporter.example", "198.51.100.77", "Wanda Lanternfish", "Lanternfish",
        Token, "7c1d0e55-9a3b-4f0e-8b1d-2f6a9c3e1b77", "list-canary-4411", "verp-canary-2207", "subscriber-90210", "hidden-comment",
        "second.victim", "4815162342", "mx1-canary", "cc.canary",
    ];

    private static readonly string Message = $"""
        Return-Path: <bounce-verp-canary-2207-wanda.trap81=lures.reporter.example@mail.customer.example>
        Delivered-To: {Trap}
        X-Original-To: {Trap}
        Envelope-To: {Trap}
        X-HmXmrOriginalRecipient: {Trap}
        X-Reporter-IP: 198.51.100.77
        X-{Token}: made-up field name
        Received: from mail.customer.example ([192.0.2.25]) by mx1-canary.reporter.example (198.51.100.77)
         with ESMTPS id {Token} for <{Trap}>; Tue, 05 Mar 2024 08:12:44 +0100
        Received: from pc ([192.0.2.25]) by smtp.provider.example with ESMTPSA id 77
         (envelope-from <bounce-verp-canary-2207@mail.customer.example>)
        	for <{Trap}>; Tue, 5 Mar 2024 07:12:41 +0000
        List-Id: <list-canary-4411.mail.customer.example>
        List-Unsubscribe: <https://mail.customer.example/u/{Token}>, <mailto:leave-list-canary-4411@mail.customer.example>
        Feedback-ID: list-canary-4411:subscriber-90210:x
        X-Campaign: subscriber-90210
        From: Garden Offers <offers@customer.example>
        To: "Wanda Lanternfish" <{Trap}>, second.victim@lures.reporter.example
        Cc: cc.canary@lures.reporter.example
        Subject: =?utf-8?q?Wanda=2C_half_price_for_wanda=2Etrap81=40lures=2Ereporter=2Eexample?=
        Message-ID: <trim-8841@customer.example>
        Date: Tue, 5 Mar 2024 07:12:40 +0000
        MIME-Version: 1.0
        """;

    private static readonly string Text = $"""
        Dear Wanda Lanternfish,

        order hedge trimmers today at http://garden.customer.example/spring/trimmers?lang=en
        This was sent to {Trap} because you asked for it.
        Also as WANDA.TRAP81@LURES.REPORTER.EXAMPLE and wanda.trap81 and trap81, second.victim@lures.reporter.example.
        Leave: http://garden.customer.example/leave?e=wanda.trap81%40lures.reporter.example&id=4815162342
        Or: http://garden.customer.example/u/{Token}/7c1d0e55-9a3b-4f0e-8b1d-2f6a9c3e1b77
        Or: http://wanda.trap81%40lures.reporter.example@garden.customer.example/x
        Pixel: http://garden.customer.example/p/{Encoded(Trap)}.gif#subscriber-90210
        Code {Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Trap))}
        Sum {Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(Trap)))}
        Padded xx{Encoded("u:" + Trap)} yy{Encoded(".." + Trap)}
        Soft wanda.tr{"\u00AD"}ap81@lures.rep{"\u200B"}orter.example
        Mirrored {new string([.. Trap.Reverse()])}
        Reply to bounce+wanda.trap81=lures.reporter.example@mail.customer.example
        """;

    [Fact]
    public void No_canary_survives_in_a_plain_message() => AssertSafe(Plain(Text));

    [Fact]
    public void No_canary_survives_in_quoted_printable() => AssertSafe(
        Message + "\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        + string.Concat(Encoding.UTF8.GetBytes(Text).Select((b, i) => $"={b:X2}" + (i % 20 == 19 ? "=\n" : ""))));

    [Fact]
    public void No_canary_survives_in_base64() => AssertSafe(
        Message + "\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        + Convert.ToBase64String(Encoding.UTF8.GetBytes(Text), Base64FormattingOptions.InsertLineBreaks));

    [Fact]
    public void No_canary_survives_in_html()
    {
        var html = "<html><head><style>.wanda-trap81{}</style></head><body><!-- hidden-comment -->"
            + $"<p>{Text.Replace("http:", "<a href='http:", StringComparison.Ordinal).Replace("\n", "'>x</a><br>", StringComparison.Ordinal)}</p>"
            + $"<img src=\"http://garden.customer.example/open/{Token}\" alt='wanda.trap81'></body></html>";

        AssertSafe($"{Message}\nContent-Type: text/html; charset=utf-8\n\n{html}");
    }

    [Fact]
    public void No_canary_survives_in_names_of_attachments() => AssertSafe(
        $"{Message}\nContent-Type: multipart/mixed; boundary={Token}\n\n--{Token}\nContent-Type: text/plain\n\n{Text}\n"
        + $"--{Token}\nContent-Type: {Token}/{Token}; name=\"{Trap}.pdf\"\nContent-Disposition: attachment; filename=\"{Trap}.pdf\"\n\nx\n--{Token}--\n");

    [Fact]
    public void What_the_customer_needs_is_kept()
    {
        var redacted = Redact(Plain(Text));

        Assert.False(redacted.BodyWithheld);
        Assert.Contains("From: Garden Offers <offers@customer.example>", redacted.Text, StringComparison.Ordinal);
        Assert.Contains("Date: Tue, 5 Mar 2024 07:12:40 +0000", redacted.Text, StringComparison.Ordinal);
        Assert.Contains("Message-ID: <trim-8841@customer.example>", redacted.Text, StringComparison.Ordinal);
        Assert.Contains("Received: from [192.0.2.25] by smtp.provider.example; Tue, 5 Mar 2024 07:12:41 +0000", redacted.Text, StringComparison.Ordinal);
        Assert.Contains("half price for", redacted.Text, StringComparison.Ordinal);
        Assert.Contains("http://garden.customer.example/spring/trimmers?lang=en", redacted.Text, StringComparison.Ordinal);
        Assert.Contains("http://garden.customer.example/u/redacted-", redacted.Text, StringComparison.Ordinal);
        Assert.Contains("because you asked for it.", redacted.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_removed_is_listed_and_the_original_is_sealed_by_its_hash()
    {
        var bytes = Encoding.UTF8.GetBytes(Plain(Text));

        var redacted = Redactor.Redact(bytes, Facts);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), redacted.OriginalSha256);
        Assert.Contains("Received ×2", redacted.Removed);
        Assert.Contains("Delivered-To", redacted.Removed);
        Assert.Contains("To", redacted.Removed);
    }

    [Fact]
    public void The_same_secret_has_the_same_hash_under_the_same_key_only()
    {
        var other = Facts with { Key = Encoding.UTF8.GetBytes("another key, 32 bytes in length.") };

        Assert.Equal(Redact(Plain(Text)).Text, Redact(Plain(Text)).Text);
        Assert.NotEqual(Redact(Plain(Text)).Text, Redactor.Redact(Encoding.UTF8.GetBytes(Plain(Text)), other).Text);
    }

    [Theory]
    [InlineData("w a n d a . t r a p 8 1 @ l u r e s . r e p o r t e r . e x a m p l e")]
    [InlineData("wanda.trap81&#64;lures.reporter&#46;example")]
    [InlineData("wanda&#46;trap81")]
    [InlineData("wanda.trap81 (at) lures\n.reporter .example")]
    [InlineData("jnaqn.genc81@yherf.ercbegre.rknzcyr")]
    [InlineData("%77anda%2Etrap81%2540lures%252Ereporter%252Eexample")]
    public void A_disguise_that_is_not_understood_withholds_the_text(string disguise)
    {
        var redacted = Redact(Plain($"See {disguise} here."));

        Assert.True(redacted.BodyWithheld || !redacted.Text.Contains(disguise, StringComparison.Ordinal), redacted.Text);
    }

    [Fact]
    public void The_output_keeps_within_its_size_and_says_that_it_was_cut()
    {
        foreach (var size in new[] { 0, 10, 100, 1_000, 16 << 10 })
        {
            var redacted = Redactor.Redact(Encoding.UTF8.GetBytes(Plain(string.Concat(Enumerable.Repeat("Grüße aus dem Garten 🌳 ", 10_000)))),
                Facts with { TextBytesMax = size });

            Assert.True(redacted.Truncated);
            Assert.InRange(Encoding.UTF8.GetByteCount(redacted.Text), 0, size);
        }
    }

    [Fact]
    public void A_short_key_is_refused() =>
        Assert.Throws<ArgumentException>(() => Redactor.Redact(default, Facts with { Key = new byte[8] }));

    [Fact]
    public void Wherever_the_recipient_stands_and_however_encoded_it_is_not_in_the_output()
    {
        var shapes = new Func<string, string>[]
        {
            t => t, t => t.ToUpperInvariant(), t => t.Replace('@', '='), Uri.EscapeDataString, Encoded,
            t => Encoded("a" + t), t => Encoded("ab" + t).Replace('+', '-').Replace('/', '_'),
            t => Convert.ToHexString(Encoding.UTF8.GetBytes(t)), t => $"http://x.customer.example/{t}", t => $"<{t}>", t => $"[{t}]", t => $"x{t}",
        };
        var lines = Plain(Text).Split('\n');

        Gen.Select(Gen.Int[0, lines.Length - 1], Gen.Int[0, shapes.Length - 1], Gen.Int[0, 80]).Sample(
            (line, shape, column) =>
            {
                var changed = (string[])lines.Clone();
                var at = Math.Min(column, changed[line].Length);
                changed[line] = changed[line].Insert(at, shapes[shape](Trap));

                // The insertion may cut another canary in two, so only the inserted one is looked for.
                AssertSafe(string.Join('\n', changed), ["wanda.trap81", "lures.reporter.example"]);
            },
            iter: 300);
    }

    [Fact]
    public void Changed_bytes_never_throw()
    {
        var original = Encoding.UTF8.GetBytes(Plain(Text));

        Gen.Select(Gen.Int[0, original.Length - 1], Gen.Byte).Array[1, 20].Sample(
            changes =>
            {
                var bytes = (byte[])original.Clone();
                foreach (var (at, value) in changes)
                    bytes[at] = value;
                Assert.NotNull(Redactor.Redact(bytes, Facts).Text);
            },
            iter: 300);
    }

    private static void AssertSafe(string message) => AssertSafe(message, Canaries);

    private static void AssertSafe(string message, string[] canaries)
    {
        var redacted = Redact(message);

        foreach (var view in Views(redacted.Text).Concat(redacted.Removed))
            foreach (var canary in canaries)
                Assert.False(view.Contains(canary, StringComparison.OrdinalIgnoreCase), $"'{canary}' is in: {view}");
        foreach (var view in Views(redacted.Text))
            Assert.DoesNotContain("wandatrap81", Letters(view), StringComparison.Ordinal);
    }

    // The text as shown, and what a curious reader gets by decoding it or the words in it.
    private static IEnumerable<string> Views(string text)
    {
        yield return text;
        yield return System.Net.WebUtility.HtmlDecode(text);
        yield return Uri.UnescapeDataString(Uri.UnescapeDataString(text));
        yield return new string([.. text.Reverse()]);
        yield return text.Replace("=\n", "", StringComparison.Ordinal).Replace("=40", "@", StringComparison.Ordinal).Replace("=2E", ".", StringComparison.OrdinalIgnoreCase);
        foreach (var word in text.Split([' ', '\n', '/', '=', '?', '&', '.', ':', '<', '>', '#'], StringSplitOptions.RemoveEmptyEntries).Where(w => w.Length >= 8))
        {
            for (var skip = 0; skip < 4; skip++)
            {
                var piece = word[skip..].Replace('-', '+').Replace('_', '/');
                var bytes = new byte[piece.Length + 4];
                if (Convert.TryFromBase64String(piece[..(piece.Length / 4 * 4)], bytes, out var length))
                    yield return Encoding.Latin1.GetString(bytes, 0, length);
            }

            if (word.Length % 2 == 0 && word.All(char.IsAsciiHexDigit))
                yield return Encoding.Latin1.GetString(Convert.FromHexString(word));
        }
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Plain(string text) => $"{Message}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n";

    private static RedactedEvidence Redact(string message) => Redactor.Redact(Encoding.UTF8.GetBytes(message), Facts);
}
