using System.Buffers;
using System.Text;
using CsCheck;
using Mailreeve.Protocols.Imap;

namespace Mailreeve.Protocols.Tests.Imap;

/// <summary>Framer and parser together, the way a session drives them: gather arguments, stream messages, refuse what is too large.</summary>
public class ImapStreamTests
{
    private const long MessageBytesMax = 50;

    [Fact]
    public void A_conversation_is_cut_into_what_the_client_meant()
    {
        const string text =
            "1 CAPABILITY\r\n"
            + "2 LOGIN {4+}\r\nuser {4+}\r\npass\r\n"
            + "3 APPEND Sent (\\Seen) {14+}\r\nSubject: x\r\n\r\n\r\n"
            + "4 APPEND {6+}\r\nDrafts {3+}\r\nabc (\\Draft) {2+}\r\nde\r\n"
            + "5 APPEND Sent {51+}\r\n" + "6 LOGOUT\r\n6 LOGOUT\r\n6 LOGOUT\r\n6 LOGOUT\r\n6 LOGOUT\r\n!" + "\r\n"
            + "7 APPEND Sent {99999}\r\n"
            + "8 SEARCH CHARSET UTF-8 SUBJECT {3+}\r\n\"\r\n\r\n"
            + "9 FROBNICATE {9+}\r\n9 LOGOUT\n\r\n"
            + "10 LOGOUT\r\n";

        string[] expected =
        [
            "1 Capability", "2 Login", "message Subject: x\r\n\r\n", "3 Append", "message abc", "message de", "4 Append", "5 TOOBIG", "7 TOOBIG",
            "8 Search", "9 Unknown", "10 Logout",
        ];
        for (var cut = 0; cut <= text.Length; cut++)
            Assert.Equal(expected, Drive(text, cut));
    }

    [Fact]
    public void Whatever_is_sent_and_wherever_it_is_cut_the_session_sees_the_same()
    {
        var piece = Gen.OneOf(
            "1 NOOP\r\n", "2 APPEND x ", "{5+}\r\nabcde", "{3}\r\n", "\r\n", " (\\Seen) ", "{60+}\r\n", "\n", "3 LOGIN {1+}\r\nu {1}\r\np\r\n", "xyz",
            "4 SEARCH SUBJECT ", "5 LOGOUT\r\n", "{0+}\r\n", "\"", " ");

        piece.Array[0, 12].Select(string.Concat).Sample(text =>
        {
            var whole = Drive(text, text.Length);
            for (var cut = 0; cut < text.Length; cut++)
            {
                if (!Drive(text, cut).SequenceEqual(whole))
                    return false;
            }

            return true;
        }, iter: 2_000);
    }

    // The stream arrives in two pieces. Messages up to the limit are streamed, larger ones refused.
    private static List<string> Drive(string text, int cut)
    {
        var seen = new List<string>();
        var framer = new ImapFramer(ImapLimits.Default) { SignedIn = true };
        ImapCommand? append = null;
        StringBuilder? message = null;
        var octets = Wire.Octets(text);
        foreach (var part in new[] { octets[..cut], octets[cut..] })
        {
            var buffer = new ReadOnlySequence<byte>(part);
            while (true)
            {
                if (message is not null)
                {
                    var complete = framer.TakeLiteral(ref buffer, out var taken);
                    message.Append(Wire.Text(taken.ToArray()));
                    if (!complete)
                        break;
                    seen.Add($"message {message}");
                    message = null;
                }

                var frame = framer.Next(ref buffer);
                if (frame == ImapFrame.NeedMore)
                    break;
                if (frame == ImapFrame.Literal)
                    (append, message) = OnLiteral(framer, append, seen);
                else
                    append = OnEnd(framer, frame, append, seen);
            }
        }

        return seen;
    }

    private static (ImapCommand? Append, StringBuilder? Message) OnLiteral(ImapFramer framer, ImapCommand? append, List<string> seen)
    {
        ImapCommand? command = append;
        AppendMessage? next;
        if (append is null)
        {
            var use = ImapParser.UseOfLiteral(framer.Text, ImapLimits.Default, out command);
            if (use == LiteralUse.Argument && framer.TryGather())
                return (null, null);
            next = (command as ImapCommand.Append)?.Message;
        }
        else
        {
            ImapParser.ParseAppendRest(framer.Text, ImapLimits.Default, out next);
        }

        if (next?.SizeBytes <= MessageBytesMax)
        {
            framer.Stream();
            return (command, new StringBuilder());
        }

        seen.Add(next is null ? $"{command?.Tag} {command?.GetType().Name}" : $"{command?.Tag} TOOBIG");
        Assert.True(framer.TryRefuse());
        return (null, null);
    }

    private static ImapCommand? OnEnd(ImapFramer framer, ImapFrame frame, ImapCommand? append, List<string> seen)
    {
        if (append is not null)
            seen.Add($"{append.Tag} {(frame == ImapFrame.Command && ImapParser.ParseAppendRest(framer.Text, ImapLimits.Default, out _) == AppendRest.End ? "Append" : "Malformed")}");
        else if (frame == ImapFrame.Command && ImapParser.Parse(framer.Text, ImapLimits.Default) is var command)
            seen.Add($"{command.Tag} {command.GetType().Name}");
        else
            seen.Add($"{ImapParser.TagOf(framer.Text, ImapLimits.Default)} {frame}");
        return null;
    }
}
