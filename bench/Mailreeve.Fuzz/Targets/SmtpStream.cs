using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Fuzz.Targets;

/// <summary>A stream of SMTP as the session reads it: lines, what follows DATA up to the dot, chunks of BDAT.</summary>
internal static class SmtpStream
{
    private const int LineBytesMax = 64;

    public static readonly string[] Words =
    [
        "DATA\r\n", "BDAT 5\r\n", "BDAT 12 LAST\r\n", "BDAT 0 LAST\r\n", "RSET\r\n", "NOOP\r\n", "QUIT\r\n", "MAIL FROM:<a@b.example>\r\n", "RCPT TO:<c@d.example>\r\n", "\r\n.\r\n",
        "\n.\n", "\r.\r", "\r\n.\n", "\n.\r\n", "\r\n.\r\r\n", "\r\n..\r\n", "\r\n.", ".", "\r\n", "\n", "\r", "\0", "\r\n.\0\r\n", "Subject: x\r\n", "\r\n\r\n", " LAST",
    ];

    // Small, and in an order that differs from the usual one, so that each limit is met.
    private static readonly ContentLimits[] Limits = [new(200, 100, 50), new(60, 1000, 70), new(1 << 20, 1 << 16, 998)];

    public static void Run(byte[] input)
    {
        foreach (var limits in Limits)
        {
            List<string>? whole = null;
            foreach (var way in Pieces.Ways(input))
            {
                var seen = Drive(input, way, limits);
                if (whole is not null)
                    Hold.Same(whole, seen);
                whole ??= seen;
            }

            Dots(input, limits);
        }
    }

    private static List<string> Drive(byte[] input, int[] way, ContentLimits limits)
    {
        var session = new Session(limits);
        var left = ReadOnlySequence<byte>.Empty;
        foreach (var piece in Pieces.Of(input, way))
        {
            left = Pieces.Join(left, piece);
            session.Read(ref left);
            Hold.That(left.Length <= LineBytesMax, "No more is held of a line than is allowed.");
        }

        return session.Seen;
    }

    // Said again without states: the end is the first CRLF.CRLF, and a dot at the start of a line goes.
    private static void Dots(byte[] input, ContentLimits limits)
    {
        var text = "\r\n" + Encoding.Latin1.GetString(input);
        var end = text.IndexOf("\r\n.\r\n", StringComparison.Ordinal);
        var sink = new ArrayBufferWriter<byte>();
        var content = new ContentIntake(limits, sink);
        var isEnd = new DotReader().Read(input, content, out var consumed);
        Hold.That(isEnd == end >= 0, "The end is CRLF.CRLF and nothing else.");
        Hold.That(consumed == (isEnd ? end + 3 : input.Length), "What follows the end is left alone.");
        Hold.That(sink.WrittenCount <= limits.SizeBytesMax, "No more is kept than is allowed.");
        if (!isEnd || content.Complete() != ContentProblem.None)
            return;
        var expected = text[..(end + 2)].Replace("\r\n.", "\r\n", StringComparison.Ordinal)[2..];
        var kept = Encoding.Latin1.GetString(sink.WrittenSpan);
        Hold.That(kept == expected, "What is kept is what was sent without its dots.");
        Hold.That(!kept.Replace("\r\n", "", StringComparison.Ordinal).AsSpan().ContainsAny('\r', '\n', '\0'), "What is kept has no bare line ends.");
    }

    private sealed class Session(ContentLimits limits)
    {
        private readonly LineFramer framer = new(LineBytesMax);
        private ArrayBufferWriter<byte> sink = new();
        private ContentIntake? content;
        private DotReader? dots;
        private long chunk;
        private bool isLast;

        public List<string> Seen { get; } = [];

        public void Read(ref ReadOnlySequence<byte> buffer)
        {
            while (!buffer.IsEmpty)
            {
                if (dots is not null)
                    Text(ref buffer);
                else if (chunk > 0)
                    Chunk(ref buffer);
                else if (!Line(ref buffer))
                    return;
            }
        }

        private bool Line(ref ReadOnlySequence<byte> buffer)
        {
            var before = buffer.Length;
            var status = framer.Next(ref buffer, out var line);
            Hold.That(buffer.Length <= before && line.Length < LineBytesMax, "A line is no longer than allowed.");
            if (status == LineStatus.NeedMore)
                return false;
            Hold.That(buffer.Length < before, "A line takes what it is made of.");
            Seen.Add($"{status} {Encoding.Latin1.GetString(line)}");
            if (status != LineStatus.Line || !CommandLine.TryParse(line.ToArray(), out var command))
                return true;
            if (command.Verb == SmtpVerb.Data)
                (dots, content) = (new DotReader(), Intake());
            else if (command.Verb == SmtpVerb.Bdat && BdatArgument.TryParse(command.Argument, out var bdat))
                (chunk, isLast, content) = (bdat.SizeBytes, bdat.Last, content ?? Intake());
            if (content is not null && dots is null && chunk == 0 && isLast)
                Complete();
            return true;
        }

        private void Text(ref ReadOnlySequence<byte> buffer)
        {
            var first = buffer.FirstSpan;
            var isEnd = dots!.Read(first, content!, out var consumed);
            Hold.That(consumed <= first.Length && (isEnd || consumed == first.Length), "A message takes all there is, up to its end.");
            buffer = buffer.Slice(consumed);
            if (isEnd)
                Complete();
        }

        private void Chunk(ref ReadOnlySequence<byte> buffer)
        {
            var part = buffer.Slice(0, Math.Min(chunk, buffer.Length));
            foreach (var segment in part)
                content!.Append(segment.Span);
            buffer = buffer.Slice(part.End);
            chunk -= part.Length;
            if (chunk == 0 && isLast)
                Complete();
        }

        private ContentIntake Intake()
        {
            sink = new ArrayBufferWriter<byte>();
            return new ContentIntake(limits, sink);
        }

        private void Complete()
        {
            var problem = content!.Complete();
            Hold.That(sink.WrittenCount <= limits.SizeBytesMax, "No more is kept than is allowed.");
            Hold.That(problem != ContentProblem.None || content.SizeBytes == sink.WrittenCount, "What is counted is kept.");
            Seen.Add(problem == ContentProblem.None ? $"message {Encoding.Latin1.GetString(sink.WrittenSpan)}" : $"refused {problem}");
            (dots, content, chunk, isLast) = (null, null, 0, false);
        }
    }
}
