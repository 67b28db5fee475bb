using System.Text;
using Mailreeve.Protocols.Smtp.Client;

namespace Mailreeve.Fuzz.Targets;

/// <summary>What a remote server answers: replies, and what EHLO says that it can.</summary>
internal static class SmtpReply
{
    public static readonly string[] Words =
    [
        "220 ", "250 ", "250-", "354 ", "421 ", "450 ", "550-", "550 5.1.1 ", "554 ", "250", "25", "\r\n", "\n", "\r", "\0", "-", " ", "\t", "\u001b[2J", "\u00c3\u00a4", "\u00e2\u0080\u00a8", "\u00ff",
        "PIPELINING\r\n", "SIZE 1000\r\n", "SIZE 99999999999999999999\r\n", "8BITMIME\r\n", "SMTPUTF8\r\n", "STARTTLS\r\n", "DSN\r\n", "AUTH PLAIN LOGIN\r\n", "AUTH=LOGIN\r\n", "mx.customer.example\r\n",
    ];

    public static void Run(byte[] input)
    {
        List<string>? whole = null;
        foreach (var way in Pieces.Ways(input))
        {
            var seen = Drive(input, way);
            if (whole is not null)
                Hold.Same(whole, seen);
            whole ??= seen;
        }
    }

    private static List<string> Drive(byte[] input, int[] way)
    {
        var reader = new ReplyReader();
        var seen = new List<string>();
        var (start, end) = (0, 0);
        foreach (var length in way)
        {
            end += length;
            while (true)
            {
                var status = reader.Read(input.AsSpan(start, end - start), out var consumed, out var reply);
                Hold.That(consumed >= 0 && consumed <= end - start, "No more is taken than is there.");
                start += consumed;
                if (status == ReplyStatus.Malformed)
                {
                    seen.Add("malformed");
                    return seen;
                }

                if (status == ReplyStatus.NeedMore)
                    break;
                Hold.That(consumed > 0, "A reply takes what it is made of.");
                Look(reply!);
                seen.Add($"{reply}");
            }

            Hold.That(end - start < ReplyReader.LineBytesMax, "No more is held of a line than is allowed.");
        }

        return seen;
    }

    private static void Look(RemoteReply reply)
    {
        Hold.That(reply.Code is >= 200 and < 560, "A code is a code.");
        Hold.That(!reply.ToString().Any(char.IsControl), "What is kept and told has no control characters.");
        Hold.That(Encoding.UTF8.GetByteCount(reply.Text) <= 3 * ReplyReader.BytesMax, "A reply is no longer than allowed.");
        Hold.That(ServerExtensions.Read(reply).SizeBytesMax is null or > 0, "A limit is one.");
    }
}
