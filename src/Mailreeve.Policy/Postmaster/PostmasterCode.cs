using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.Policy.Mail;
using Mailreeve.Protocols.Trace;

namespace Mailreeve.Policy.Postmaster;

/// <summary>The code that only a mail to postmaster@ of a domain has. Whoever shows it has read that mail, by the button of a page or by an answer.</summary>
/// <remarks>
/// It is made anew for each customer, domain and time that is asked; but for the mail itself, nothing keeps more than its hash. In an address it is
/// <c>postmaster+abcd…@provider.example</c>: letters and digits, because servers change the case of a local part.
/// </remarks>
public static class PostmasterCode
{
    /// <summary>What stands before it in an address.</summary>
    public const string Prefix = "postmaster+";

    private const int CodeBytes = 15;

    private static readonly int Length = Base32.LengthOf(CodeBytes);

    /// <summary>The code.</summary>
    /// <param name="customer">Whose the domain is; whoever has it next has others.</param>
    /// <param name="domain">The domain.</param>
    /// <param name="cycle">How often it was asked anew.</param>
    /// <param name="key">The server's secret.</param>
    public static string Of(CustomerId customer, string domain, long cycle, ReadOnlySpan<byte> key) => Base32.Encode(HMACSHA256.HashData(
        key, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"postmaster {customer.Value} {cycle} {domain}"))).AsSpan(0, CodeBytes));

    /// <summary>What is kept of a code; its case does not matter.</summary>
    public static byte[] HashOf(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code.ToLowerInvariant()));

    /// <summary>The address that an answer by mail goes to.</summary>
    /// <param name="code">The code.</param>
    /// <param name="domain">One of our domains.</param>
    public static string AddressFor(string code, string domain) => $"{Prefix}{code}@{domain}";

    /// <summary>Whether this may be a code, as <see cref="MailRoute.PostmasterAnswer"/> found it behind <see cref="Prefix"/>. That we ever wrote it is not known yet.</summary>
    public static bool IsLikeOne(ReadOnlySpan<char> text) => text.Length == Length && Base32.DecodeOrNull(text) is not null;
}
