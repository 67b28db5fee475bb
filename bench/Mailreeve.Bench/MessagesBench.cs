using System.Diagnostics;
using System.Globalization;
using System.Text;
using Mailreeve.Protocols.Messages;
using NodaTime;

namespace Mailreeve.Bench;

/// <summary>What it costs to summarise a message at delivery, and to search and thread a mailbox of 2,000. One core.</summary>
internal static class MessagesBench
{
    private const int MailboxMessages = 2000;

    /// <summary>Measures and prints a line for each.</summary>
    public static void Run()
    {
        var small = Message(1, 4 << 10, "7bit");
        var nested = Nested(64 << 10);
        Print("summary of 4 KiB text", Measure(10_000, () => MessageSummary.Of(small)), small.Length);
        Print("summary of 64 KiB with attachment", Measure(5_000, () => MessageSummary.Of(nested)), nested.Length);
        var kept = MessageSummary.Of(small).ToBytes();
        Print($"summary taken back ({kept.Length} octets)", Measure(100_000, () => MessageSummary.FromBytes(kept)), kept.Length);
        foreach (var encoding in (string[])["7bit", "quoted-printable", "base64"])
        {
            Search(encoding, "xylophone quartet");
            Search(encoding, "n\u00E4her");
        }

        Thread();
    }

    private static void Search(string encoding, string text)
    {
        var mailbox = Enumerable.Range(0, MailboxMessages).Select(n => Message(n, 12 << 10, encoding)).ToArray();
        var summaries = mailbox.Select(m => MessageSummary.Of(m)).ToArray();
        var needle = SearchNeedle.Of(text);
        var cost = Measure(10, () =>
        {
            for (var i = 0; i < mailbox.Length; i++)
            {
                if (SearchText.IsInMessage(mailbox[i], summaries[i], needle))
                    throw new InvalidOperationException("It is not in there.");
            }
        });
        Print($"search of {MailboxMessages} in {encoding} for \"{text}\"", cost, mailbox.Sum(m => m.Length));
    }

    private static void Thread()
    {
        var messages = Enumerable.Range(1, MailboxMessages).Select(n => new ThreadMessage(
            n, Instant.FromUnixTimeSeconds(n), $"S{n / 20}", n % 20 != 0, $"{n}@a.example",
            [.. Enumerable.Range(n / 20 * 20, n % 20).Select(r => $"{r}@a.example")])).ToList();
        Print($"threads of {MailboxMessages}", Measure(100, () => ThreadTree.Write(ThreadTree.References(messages))), 0);
    }

    // The least of some passes: the just-in-time compiler works beside the others.
    private static (double Micros, long Allocated) Measure(int times, Action work)
    {
        var least = double.MaxValue;
        long allocated = 0;
        for (var pass = 0; pass < 12; pass++)
        {
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var before = Stopwatch.GetTimestamp();
            for (var i = 0; i < times; i++)
                work();
            least = Math.Min(least, Stopwatch.GetElapsedTime(before).TotalMicroseconds / times);
            allocated = (GC.GetAllocatedBytesForCurrentThread() - bytes) / times;
        }

        return (least, allocated);
    }

    private static void Print(string what, (double Micros, long Allocated) cost, int octets) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"messages  {what,-60} {cost.Micros,10:0.00} µs  {cost.Allocated,9} octets allocated  {octets / cost.Micros,8:0} MB/s"));

    private static byte[] Message(int n, int size, string encoding)
    {
        var text = new StringBuilder(Header(n)).Append(CultureInfo.InvariantCulture, $"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n");
        var room = size - text.Length;
        var body = Lines(encoding == "base64" ? room * 73 / 100 : room);
        text.Append(encoding switch
        {
            "base64" => Convert.ToBase64String(Encoding.UTF8.GetBytes(body), Base64FormattingOptions.InsertLineBreaks),
            "quoted-printable" => body.Replace("ö", "=C3=B6", StringComparison.Ordinal),
            _ => body,
        });
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Nested(int size)
    {
        var data = new byte[size * 7 / 10];
        new Random(1).NextBytes(data);
        return Encoding.UTF8.GetBytes($"{Header(1)}Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n--b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
            + $"{Lines(2000)}\r\n--b1\r\nContent-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Disposition: attachment; filename=\"plan.pdf\"\r\n"
            + $"Content-Transfer-Encoding: base64\r\n\r\n{Convert.ToBase64String(data, Base64FormattingOptions.InsertLineBreaks)}\r\n--b1--\r\n");
    }

    private static string Header(int n) => string.Create(CultureInfo.InvariantCulture, $"""
        Return-Path: <ada.lovelace@a.example>
        Received: from mail.a.example (mail.a.example [192.0.2.25])
         by mx.b.example (Mailreeve) with ESMTPS id 0123456789AB
         for <bob@b.example>; Tue, 1 Jul 2025 10:00:02 +0200
        Received: from desk.a.example (unknown [198.51.100.7])
         by mail.a.example with ESMTPSA id 89ABCDEF; Tue, 1 Jul 2025 10:00:01 +0200
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=a.example; s=k1;
         h=from:to:subject:date:message-id; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;
         b=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        From: Ada Lovelace <ada.lovelace@a.example>
        To: Bob <bob@b.example>, Carol <carol@c.example>
        Cc: "Dan, of the board" <dan@d.example>
        Subject: Re: Notes on the engine, part {n}
        Date: Tue, 1 Jul 2025 10:00:00 +0200
        Message-ID: <{n}.note@a.example>
        In-Reply-To: <{n - 1}.note@b.example>
        References: <0.note@a.example> <{n - 1}.note@b.example>
        MIME-Version: 1.0
        User-Agent: Some Mail 1.0

        """).ReplaceLineEndings("\r\n");

    private static string Lines(int length)
    {
        const string line = "The engine weaves algebraic patterns just as the loom weaves flowers and leaves.\r\nEs ist schön, so etwas zu sehen.\r\n";
        return string.Concat(Enumerable.Repeat(line, length / line.Length));
    }
}
