using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Fuzz.Targets;

/// <summary>A stream of IMAP as the session reads it: framer and parser together, messages of APPEND, challenges, what is refused.</summary>
internal static class ImapStream
{
    private const long MessageBytesMax = 50;

    public static readonly string[] Words =
    [
        .. ImapCommandText.Words, "1 APPEND x {5}\r\nabcde\r\n", "2 APPEND x {60+}\r\n", "3 LOGIN {1+}\r\nu {1}\r\np\r\n", "4 AUTHENTICATE PLAIN\r\n", "AHUAcA==\r\n", "*\r\n", "5 IDLE\r\n", "DONE\r\n",
        "{5+}\r\nabcde", "{31}\r\n", "{200+}\r\n", "{2000+}\r\n", "{99999999999999999999+}\r\n", " (\\Seen) {3}\r\nabc", "\r\n", "\n", "\r", "{0}\r\n", "{1}", "\r\n\r\n",
    ];

    private static readonly ImapLimits Limits = new()
    {
        LineBytesMax = 300, CommandBytesMaxBeforeLogin = 100, CommandBytesMax = 500, ArgumentLiteralBytesMax = 30, DiscardBytesMax = 1000, LiteralsMax = 3, TagBytesMax = 20,
    };

    public static void Run(byte[] input)
    {
        foreach (var signedIn in (bool[])[false, true])
        {
            List<string>? whole = null;
            foreach (var way in Pieces.Ways(input))
            {
                var session = new Session(signedIn);
                foreach (var piece in Pieces.Of(input, way))
                {
                    var buffer = Pieces.Join(ReadOnlySequence<byte>.Empty, piece);
                    session.Read(ref buffer);
                    Hold.That(buffer.IsEmpty || session.IsLost, "All that came is taken.");
                }

                if (whole is not null)
                    Hold.Same(whole, session.Seen);
                whole ??= session.Seen;
            }
        }
    }

    private sealed class Session(bool signedIn)
    {
        private readonly ImapFramer framer = new(Limits) { SignedIn = signedIn };
        private ImapCommand? append;
        private StringBuilder? message;
        private bool plainLine;

        public List<string> Seen { get; } = [];

        public bool IsLost { get; private set; }

        public void Read(ref ReadOnlySequence<byte> buffer)
        {
            while (!IsLost)
            {
                if (message is not null && !TakeMessage(ref buffer))
                    return;
                var before = buffer.Length;
                var frame = framer.Next(ref buffer, plainLine);
                Hold.That(framer.Text.Length <= Math.Max(256, signedIn ? Limits.CommandBytesMax : Limits.CommandBytesMaxBeforeLogin), "No more is held than is allowed.");
                switch (frame)
                {
                    case ImapFrame.NeedMore:
                        Hold.That(buffer.IsEmpty, "What is not whole has been taken.");
                        return;
                    case ImapFrame.Lost:
                        IsLost = true;
                        Seen.Add("lost");
                        return;
                    case ImapFrame.Literal:
                        Hold.That(buffer.Length < before, "A frame takes what it is made of.");
                        OnLiteral();
                        break;
                    default:
                        Hold.That(buffer.Length < before, "A frame takes what it is made of.");
                        OnEnd(frame);
                        break;
                }
            }
        }

        private bool TakeMessage(ref ReadOnlySequence<byte> buffer)
        {
            var isComplete = framer.TakeLiteral(ref buffer, out var octets);
            message!.Append(Encoding.Latin1.GetString(octets));
            if (!isComplete)
                return false;
            Seen.Add($"message {message}");
            message = null;
            return true;
        }

        private void OnLiteral()
        {
            Hold.That(framer.LiteralBytes >= 0, "A literal has no negative size.");
            var command = append;
            AppendMessage? next;
            if (append is null)
            {
                var use = ImapParser.UseOfLiteral(framer.Text, Limits, out command);
                if (use == LiteralUse.Argument && framer.TryGather())
                    return;
                next = (command as ImapCommand.Append)?.Message;
            }
            else
            {
                ImapParser.ParseAppendRest(framer.Text, Limits, out next);
            }

            if (next is not null)
                Hold.That(next.SizeBytes == framer.LiteralBytes, "Framer and parser agree on what follows.");
            if (next?.SizeBytes <= MessageBytesMax)
            {
                framer.Stream();
                (append, message) = (command, new StringBuilder());
                return;
            }

            Seen.Add($"refused {(command is null ? ImapParser.TagOf(framer.Text, Limits) : command)}");
            append = null;
            if (framer.TryRefuse())
                return;
            IsLost = true;
            Seen.Add("lost");
        }

        private void OnEnd(ImapFrame frame)
        {
            if (plainLine)
            {
                plainLine = false;
                // Of a line that was thrown away only the beginning is there, how much of it depends on the packets.
                var isWhole = frame == ImapFrame.Command;
                Seen.Add(isWhole ? $"line {ImapParser.IsDone(framer.Text)} {SaslResponse.IsCancelled(framer.Text)} {Encoding.Latin1.GetString(framer.Text)}" : $"line {frame}");
                SaslResponse.TryDecode(framer.Text, out _);
            }
            else if (append is not null)
            {
                Seen.Add($"append {append.Tag} {frame} {(frame == ImapFrame.Command ? ImapParser.ParseAppendRest(framer.Text, Limits, out _) : AppendRest.Malformed)}");
                append = null;
            }
            else if (frame == ImapFrame.Command)
            {
                var command = ImapParser.Parse(framer.Text, Limits);
                ImapCommandText.Said(command, Limits);
                Seen.Add($"{command}");
                plainLine = command is ImapCommand.Idle or ImapCommand.Authenticate { InitialResponse: null };
            }
            else
            {
                Seen.Add($"{frame} {ImapParser.TagOf(framer.Text, Limits)}");
            }
        }
    }
}
