using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Messages;

namespace Mailreeve.Fuzz.Targets;

/// <summary>A message: its summary, its sections, its fields, and what is searched in it.</summary>
internal static class Message
{
    public static readonly string[] Words =
    [
        "From: ", "To: ", "Cc: ", "Subject: ", "Date: ", "Message-ID: ", "References: ", "In-Reply-To: ", "Content-Type: ", "Content-Transfer-Encoding: ", "Content-Disposition: ",
        "Content-Language: ", "Content-ID: ", "multipart/mixed; boundary=\"b\"", "multipart/digest; boundary=b", "message/rfc822", "text/plain; charset=", "text/html", "utf-8", "us-ascii",
        "iso-2022-jp", "utf-16", "windows-1252", "quoted-printable", "base64", "attachment; filename=\"x\"", "filename*=utf-8''%C3%A9", "filename*0*=", "filename*1=", "name=", ";", "=",
        "\"", "\\", "(", ")", "<", ">", "@", ",", ":", "--b\r\n", "--b--\r\n", "\r\n--b", "\r\n", "\n", "\r", "\r\n\r\n", "\n\n", " ", "\t", "\r\n ", "=?utf-8?q?=C3=A9?=", "=?utf-8?b?w6k=?=",
        "=?x?q?", "?=", "=3D", "=\r\n", "Re: ", "Fwd: ", "[x] ", "(fwd)", "a@b.example", "group: a@b.example;", "Tue, 1 Jul 2025 10:00:00 +0200", "-0000", "99999999999", "From x\r\n", "\0",
        "\u00ff", "\u00c3\u00a9", "plan", "Plan", "é",
    ];

    private static readonly MessageLimits[] Limits =
    [
        MessageLimits.Default,
        new() { DepthMax = 2, PartsMax = 4, AddressesMax = 2, FieldBytesMax = 60, ParametersMax = 2, ReferencesMax = 2, KeyBytesMax = 12 },
        new() { SummaryBytesMax = 400 },
    ];

    private static readonly int[][] Paths = [[], [1], [2], [1, 1], [2, 1], [1, 2], [1, 1, 1], [3], [0], [-1], [int.MaxValue], [1, 1, 1, 1, 1]];

    private static readonly SearchNeedle[] Needles =
        [.. new[] { "", "x", "plan", "a b", "\u00e9", "\u00df", "e", "b.example", "the engine weaves", "\u65e5" }.Select(SearchNeedle.Of)];

    private static readonly byte[][] Names = ["subject"u8.ToArray(), "FROM"u8.ToArray(), "Content-Type"u8.ToArray(), "x"u8.ToArray()];

    public static void Run(byte[] input)
    {
        foreach (var limits in Limits)
        {
            var summary = MessageSummary.Of(input, limits);
            Sound(summary, input.Length);
            // The last step is that there is a message: a summary of that has a size that nothing reduces.
            Hold.That(summary.ToBytes().Length <= Math.Max(limits.SummaryBytesMax, 64 << 10), "A summary is no larger than allowed.");
            var again = MessageSummary.FromBytes(summary.ToBytes());
            Hold.That(again is not null, "A summary can be taken back.");
            Hold.That(again!.BodyStructure.Span.SequenceEqual(summary.BodyStructure.Span) && again.SentAt == summary.SentAt, "It is the same then.");
        }

        var usual = MessageSummary.Of(input);
        foreach (var needle in Needles)
            SearchText.IsInMessage(input, usual, needle);
        Search(input, usual);
        Fields(input[..usual.HeaderBytes]);
        Fields(input);
        for (var lines = 0; lines < 4; lines++)
            Hold.That(TopLines.LengthOf(input, usual.HeaderBytes, lines) is var length && length >= usual.HeaderBytes && length <= input.Length, "TOP ends in the message.");
    }

    /// <summary>All that a summary says can be relied on.</summary>
    public static void Sound(MessageSummary summary, int lengthBytes)
    {
        Hold.That(summary.LengthBytes == lengthBytes && summary.HeaderBytes >= 0 && summary.HeaderBytes <= lengthBytes, "Lengths are those of the message.");
        var (header, text) = (summary.Find([], SectionKind.Header), summary.Find([], SectionKind.Text));
        Hold.That(header == new SectionRange(0, summary.HeaderBytes) && text == new SectionRange(summary.HeaderBytes, lengthBytes - summary.HeaderBytes), "A message is its header and its text.");
        Hold.That(summary.Find([], SectionKind.Whole) == new SectionRange(0, lengthBytes), "All of it is all of it.");
        Hold.That(ListText.IsOneList(summary.Envelope.Span), "ENVELOPE is a list.");
        Hold.That(ListText.IsOneList(summary.BodyStructure.Span), "BODYSTRUCTURE is a list.");
        Hold.That(ListText.IsOneList(summary.Body.Span), "BODY is a list.");
        Touch(summary, lengthBytes);
    }

    /// <summary>Everything a summary can be asked; sections lie within the message.</summary>
    public static void Touch(MessageSummary summary, int lengthBytes)
    {
        Hold.That(summary.Body.Length <= summary.BodyStructure.Length, "BODY is a part of BODYSTRUCTURE.");
        _ = summary.References.Count + (summary.MessageId?.Length ?? 0) + summary.BaseSubject.Length + summary.FromMailbox.Length + summary.ToMailbox.Length + summary.CcMailbox.Length;
        _ = summary.SentAt?.ToInstant();
        foreach (var path in Paths)
        {
            foreach (var kind in Enum.GetValues<SectionKind>())
            {
                if (summary.Find(path, kind) is { } range)
                    Hold.That(range.Offset >= 0 && range.Length >= 0 && range.End >= 0 && range.End <= lengthBytes, $"A section lies in the message: {string.Join('.', path)} {kind}");
            }

            var isPart = summary.Find(path, SectionKind.Whole) is not null;
            Hold.That(path.Length == 0 || isPart == summary.Find(path, SectionKind.Mime) is not null, "A part has a header of its own.");
        }
    }

    // Without encoded words and folds, a search of the header is what everyone would write.
    private static void Search(byte[] input, MessageSummary summary)
    {
        var header = input.AsSpan(0, summary.HeaderBytes);
        if (header.IndexOf("=?"u8) >= 0)
            return;
        var text = Encoding.Latin1.GetString(header);
        foreach (var needle in Needles.Where(n => n.Text.Length > 0 && Ascii.IsValid(n.Text) && !n.Text.Contains(' ', StringComparison.Ordinal)))
        {
            var isIn = SearchText.IsInHeader(header, needle);
            Hold.That(isIn == text.Contains(needle.Text, StringComparison.OrdinalIgnoreCase), $"'{needle.Text}' is found where it is.");
            Hold.That(!isIn || SearchText.IsInMessage(input, summary, needle), "What is in the header is in the message.");
        }
    }

    private static void Fields(byte[] header)
    {
        var (some, others) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        Hold.That(HeaderFields.Write(header, Names, false, some) == some.WrittenCount, "What is counted is written.");
        Hold.That(HeaderFields.Write(header, Names, true, others) == others.WrittenCount, "What is counted is written.");
        Hold.That(some.WrittenCount + others.WrittenCount <= header.Length + 8, "A field is written once.");
        Hold.That(some.WrittenSpan.EndsWith("\r\n"u8) && others.WrittenSpan.EndsWith("\r\n"u8), "A blank line is the end.");
        foreach (var name in Names)
        {
            if (HeaderFields.TryFind(header, name, out var value))
                Hold.That(value.IsEmpty || header.AsSpan().Overlaps(value), "A value lies in the header.");
            foreach (var needle in Needles)
                SearchText.IsInField(header, name, needle);
        }
    }
}
