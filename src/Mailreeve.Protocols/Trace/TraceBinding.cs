using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using NodaTime;

namespace Mailreeve.Protocols.Trace;

/// <summary>
/// What the trace in a message is bound to. All of it is in the submission log, so that a trace needs to carry none of it, and one that
/// was moved to another message, sender or time does not hold.
/// </summary>
public sealed record TraceBinding
{
    /// <summary>Octets of the code that binds it.</summary>
    public const int MacBytes = 16;

    /// <summary>The message's number in the submission log.</summary>
    public required long Submission { get; init; }

    /// <summary>The customer's number.</summary>
    public required long Customer { get; init; }

    /// <summary>The mailbox's number; null when the customer's own server handed the message in.</summary>
    public required long? Mailbox { get; init; }

    /// <summary>When it was handed in, to the millisecond.</summary>
    public required Instant At { get; init; }

    /// <summary>See <see cref="EnvelopeHashOf"/>.</summary>
    public required byte[] EnvelopeHash { get; init; }

    /// <summary>SHA-256 of the body in DKIM's relaxed form (RFC 6376 §3.4.4).</summary>
    public required byte[] BodyHash { get; init; }

    /// <summary>A hash of who sent to whom; the order of recipients and the case of letters do not matter.</summary>
    /// <param name="from">The envelope's sender; empty for the null one.</param>
    /// <param name="recipients">Its recipients.</param>
    public static byte[] EnvelopeHashOf(string from, IEnumerable<string> recipients)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(from.ToLowerInvariant()));
        foreach (var recipient in recipients.Select(r => r.ToLowerInvariant()).Order(StringComparer.Ordinal))
        {
            hash.AppendData("\0"u8);
            hash.AppendData(Encoding.UTF8.GetBytes(recipient));
        }

        return hash.GetHashAndReset();
    }

    /// <summary>The code that binds an id and a sketch to this (HMAC-SHA-256, cut to <see cref="MacBytes"/>).</summary>
    /// <param name="secret">The key.</param>
    /// <param name="id">The trace's id.</param>
    /// <param name="sketch">See <see cref="BodySketch"/>.</param>
    public byte[] MacOf(ReadOnlySpan<byte> secret, string id, ReadOnlySpan<byte> sketch)
    {
        // Every part has a fixed length, so no two bindings are written alike.
        Span<byte> text = stackalloc byte[16 + TraceMark.IdLength + 32 + 32 + 32 + BodySketch.Bytes];
        "mailreeve-trace1"u8.CopyTo(text);
        Encoding.ASCII.GetBytes(id, text[16..]);
        var rest = text[(16 + TraceMark.IdLength)..];
        BinaryPrimitives.WriteInt64BigEndian(rest, Submission);
        BinaryPrimitives.WriteInt64BigEndian(rest[8..], Customer);
        BinaryPrimitives.WriteInt64BigEndian(rest[16..], Mailbox ?? 0);
        BinaryPrimitives.WriteInt64BigEndian(rest[24..], At.ToUnixTimeMilliseconds());
        EnvelopeHash.CopyTo(rest[32..]);
        BodyHash.CopyTo(rest[64..]);
        sketch.CopyTo(rest[96..]);
        return HMACSHA256.HashData(secret, text)[..MacBytes];
    }

    /// <summary>Whether a trace was made by us for this. Takes as long whether it was or not.</summary>
    public bool Holds(ReadOnlySpan<byte> secret, TraceMark mark) =>
        CryptographicOperations.FixedTimeEquals(MacOf(secret, mark.Id, mark.Sketch), mark.Mac);
}
