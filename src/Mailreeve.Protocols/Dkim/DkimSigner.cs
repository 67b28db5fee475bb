using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace Mailreeve.Protocols.Dkim;

/// <summary>Writes signatures (RFC 6376 §5). Header and body in the relaxed form; one message may get several.</summary>
public sealed class DkimSigner
{
    // So many fields of one name are signed; what has more is no mail that anybody wrote.
    private const int SameNameMax = 20;

    // Signed once more than they are there: nobody may add another one (RFC 6376 §8.15).
    private static readonly string[] Closed = ["From", "Subject", "Date", "To", "Cc", "Reply-To", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"];

    // Signed when they are there (RFC 6376 §5.4.1), with what says who answers for the message (RFC 9477 §3.1).
    private static readonly string[] Open =
    [
        "Sender", "In-Reply-To", "References", "Resent-Date", "Resent-From", "Resent-To", "Resent-Cc", "List-Id", "List-Help", "List-Unsubscribe",
        "List-Unsubscribe-Post", "List-Subscribe", "List-Post", "List-Owner", "List-Archive", "CFBL-Address", "CFBL-Feedback-ID", "Feedback-ID", "Mailreeve-Trace",
    ];

    private readonly byte[] fields;
    private readonly string names;
    private readonly byte[] bodyHash;

    private DkimSigner(byte[] fields, string names, byte[] bodyHash) => (this.fields, this.names, this.bodyHash) = (fields, names, bodyHash);

    /// <summary>Prepares a message; what all of its signatures have in common is done here, once.</summary>
    /// <param name="message">The message.</param>
    /// <param name="bodyHash">SHA-256 of its body in the relaxed form.</param>
    public static DkimSigner Of(DkimMessage message, byte[] bodyHash)
    {
        var names = new List<string>(32);
        foreach (var name in Closed)
            Add(names, name, Math.Min(SameNameMax, message.CountOf(Encoding.ASCII.GetBytes(name))) + 1);
        foreach (var name in Open)
            Add(names, name, Math.Min(SameNameMax, message.CountOf(Encoding.ASCII.GetBytes(name))));
        var output = new ArrayBufferWriter<byte>(4096);
        SignatureCheck.WriteFields(message, names, Canonicalization.Relaxed, output);
        return new DkimSigner(output.WrittenSpan.ToArray(), Folded(names), bodyHash);
    }

    /// <summary>Writes a DKIM-Signature field with its line end.</summary>
    public byte[] Sign(DkimSigningKey key, Instant at) =>
        Write("DKIM-Signature", "v=1", key, at);

    /// <summary>Writes an ARC-Message-Signature field with its line end (RFC 8617 §4.1.2).</summary>
    internal byte[] SignArc(int instance, DkimSigningKey key, Instant at) =>
        Write("ARC-Message-Signature", string.Create(CultureInfo.InvariantCulture, $"i={instance}"), key, at);

    private byte[] Write(string field, string first, DkimSigningKey key, Instant at)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"{field}: {first}; a={NameOf(key.Algorithm)}; c=relaxed/relaxed;\r\n\td={key.Name.Domain}; s={key.Name.Selector};\r\n\tt={at.ToUnixTimeSeconds()}; h={names};\r\n\tbh={Convert.ToBase64String(bodyHash)};\r\n\tb=");
        return Complete(head, fields, key);
    }

    /// <summary>Signs fields in the form that is signed together with one that ends in <c>b=</c>, and completes that one.</summary>
    internal static byte[] Complete(string head, ReadOnlySpan<byte> fields, DkimSigningKey key)
    {
        var unsigned = new ArrayBufferWriter<byte>(fields.Length + head.Length + 2);
        unsigned.Write(fields);
        HeaderForm.Write(Encoding.ASCII.GetBytes(head + "\r\n"), Canonicalization.Relaxed, unsigned);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(unsigned.WrittenSpan[..^2], hash);
        var signature = Convert.ToBase64String(key.Sign(hash));
        var line = new StringBuilder(head, head.Length + signature.Length + 32);
        for (var at = 0; at < signature.Length; at += 72)
            line.Append(at == 0 ? "" : "\r\n\t ").Append(signature, at, Math.Min(72, signature.Length - at));
        return Encoding.ASCII.GetBytes(line.Append("\r\n").ToString());
    }

    /// <summary>The name of an algorithm, as in <c>a=</c>.</summary>
    internal static string NameOf(DkimAlgorithm algorithm) => algorithm == DkimAlgorithm.RsaSha256 ? "rsa-sha256" : "ed25519-sha256";

    private static void Add(List<string> names, string name, int times)
    {
        for (var i = 0; i < times; i++)
            names.Add(name);
    }

    // Lines below 78 octets; white space may stand beside the colons.
    private static string Folded(List<string> names)
    {
        var text = new StringBuilder();
        var line = 20;
        foreach (var name in names)
        {
            if (text.Length > 0)
                text.Append(':');
            if (line + name.Length > 72)
            {
                text.Append("\r\n\t ");
                line = 2;
            }

            text.Append(name);
            line += name.Length + 1;
        }

        return text.ToString();
    }
}
