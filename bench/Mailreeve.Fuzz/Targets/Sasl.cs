using System.Text;
using Mailreeve.Protocols.Imap;
using Mailreeve.Protocols.Sasl;

namespace Mailreeve.Fuzz.Targets;

/// <summary>What a client signs in with: base64, and what is in it.</summary>
internal static class Sasl
{
    public static readonly string[] Words = ["\0", "\0\0", "=", "==", "AGEAYg==", "YQ==", "AA", "*", " ", "\r\n", "\u00c3\u00a9", "\u00ff", "user", "AAAAAAAAAAAAAAAA"];

    public static void Run(byte[] input)
    {
        foreach (var line in (byte[][])[input, Encoding.ASCII.GetBytes(Convert.ToBase64String(input))])
        {
            if (SaslPlain.TryParse(line, out var plain))
                Read(plain);
            if (SaslLogin.TryParse(line, out var text))
                Hold.That(text.Length > 0 && Encoding.UTF8.GetByteCount(text) <= SaslPlain.PartBytesMax, "A name is no longer than allowed.");
            if (SaslResponse.TryDecode(line, out var response))
            {
                Hold.That(response!.Length <= line.Length, "What is decoded is shorter.");
                Hold.That(SaslPlain.TryRead(response, out var other) == (plain is not null) && plain == other, "IMAP and POP3 read the same.");
            }
            else
            {
                Hold.That(plain is null, "IMAP and POP3 read the same.");
            }
        }

        if (SaslPlain.TryRead(input, out var raw))
            Read(raw);
    }

    private static void Read(SaslPlain plain)
    {
        Hold.That(plain.User.Length > 0 && plain.Password.Length > 0, "Name and password are not empty.");
        Hold.That(!plain.User.Contains('\0', StringComparison.Ordinal) && !plain.Password.Contains('\0', StringComparison.Ordinal), "There is no NUL in them.");
        Hold.That(Encoding.UTF8.GetByteCount(plain.User) <= SaslPlain.PartBytesMax && Encoding.UTF8.GetByteCount(plain.Password) <= SaslPlain.PartBytesMax, "They are no longer than allowed.");
    }
}
