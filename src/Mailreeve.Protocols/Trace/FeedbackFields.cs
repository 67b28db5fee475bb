using System.Security.Cryptography;
using System.Text;

namespace Mailreeve.Protocols.Trace;

/// <summary>Header fields that tell receivers where complaints go and what to count them by.</summary>
public static class FeedbackFields
{
    private const int OpaqueBytes = 6;

    /// <summary><c>CFBL-Address</c> and <c>CFBL-Feedback-ID</c> (RFC 9477 §5), each with its line end. They count only when DKIM signs them.</summary>
    /// <param name="address">Where reports go, in ASCII.</param>
    /// <param name="id">The trace's id.</param>
    public static byte[] Cfbl(string address, string id) =>
        Encoding.ASCII.GetBytes($"CFBL-Address: {address}; report=arf\r\nCFBL-Feedback-ID: {id}\r\n");

    /// <summary>
    /// <c>Feedback-ID</c> as large receivers count it, in four parts from the particular to the general: sender, customer, kind of mail,
    /// provider. The first two are the same in each of a sender's messages and say nothing to others.
    /// </summary>
    /// <param name="secret">Key of the opaque names.</param>
    /// <param name="customer">The customer's number.</param>
    /// <param name="mailbox">The mailbox's number; null when the customer's own server handed the message in.</param>
    /// <param name="isList">Whether it went to a list.</param>
    /// <param name="provider">The provider's domain.</param>
    public static byte[] FeedbackId(ReadOnlySpan<byte> secret, long customer, long? mailbox, bool isList, string provider) =>
        Encoding.ASCII.GetBytes(
            $"Feedback-ID: {Opaque(secret, $"mailbox {customer} {mailbox ?? 0}")}:{Opaque(secret, $"customer {customer}")}:{(isList ? "list" : "mail")}:{SenderOf(provider)}\r\n");

    private static string Opaque(ReadOnlySpan<byte> secret, string what) =>
        Base32.Encode(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(what)).AsSpan(0, OpaqueBytes));

    // Five to fifteen characters, the same for ever.
    private static string SenderOf(string provider)
    {
        var name = new string([.. provider.Where(char.IsAsciiLetterOrDigit).Take(15)]).ToLowerInvariant();
        return name.PadRight(5, '0');
    }
}
