using System.Security.Cryptography;
using System.Text;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Mail.Senders;

/// <summary>Hashes recipients, so that the table of known ones is a count and no address book.</summary>
/// <param name="key">The secret; without it the hashes could be tried out against a list of addresses.</param>
public sealed class RecipientHash(byte[] key)
{
    /// <summary>Octets of a hash.</summary>
    public const int Bytes = 16;

    /// <summary>The hash of an address. Case does not matter: to most servers it does not, and a count may be wrong by that.</summary>
    public byte[] Of(Mailbox recipient) =>
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{recipient}".ToLowerInvariant()))[..Bytes];
}
