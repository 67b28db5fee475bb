using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Accounts.Mailboxes;

/// <summary>Stands for an attempt to sign in without holding its password: HMAC-SHA-256 under a key that lives as long as the process.</summary>
/// <remarks>128 bits of it: two attempts that share a digest will not occur, and without the key nobody can look for some.</remarks>
internal sealed class AttemptDigest
{
    // UTF-8 takes three bytes at most for one UTF-16 unit.
    private const int PasswordBytesMax = PasswordRules.LengthMax * 3;

    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);

    /// <summary>Of a password that was right for a mailbox.</summary>
    /// <param name="mailbox">Its id.</param>
    /// <param name="version">The version of its credentials: after a change of any password nothing from before fits.</param>
    /// <param name="password">At most <see cref="PasswordRules.LengthMax"/> characters.</param>
    public UInt128 OfVerified(long mailbox, long version, string password)
    {
        Span<byte> text = stackalloc byte[17 + PasswordBytesMax];
        text[0] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(text[1..], mailbox);
        BinaryPrimitives.WriteInt64LittleEndian(text[9..], version);
        var length = 17 + Encoding.UTF8.GetBytes(password, text[17..]);
        return Of(text[..length]);
    }

    /// <summary>Of an attempt from one network on one account.</summary>
    /// <param name="network">Where it came from.</param>
    /// <param name="account">Which account; whether it exists makes no difference.</param>
    /// <param name="version">The version of its credentials, 0 for an account that does not exist.</param>
    /// <param name="password">At most <see cref="PasswordRules.LengthMax"/> characters.</param>
    public UInt128 OfAttempt(Prefix network, string account, long version, string password)
    {
        var accountBytes = Encoding.UTF8.GetBytes(account);
        var text = new byte[1 + 16 + 8 + 8 + accountBytes.Length + PasswordBytesMax];
        text[0] = 2;
        network.First.ToBytes().CopyTo(text, 1);
        BinaryPrimitives.WriteInt64LittleEndian(text.AsSpan(17), version);
        // The length before the text, so that "ab" + "c" is not "a" + "bc".
        BinaryPrimitives.WriteInt64LittleEndian(text.AsSpan(25), accountBytes.Length);
        accountBytes.CopyTo(text, 33);
        var length = 33 + accountBytes.Length + Encoding.UTF8.GetBytes(password, text.AsSpan(33 + accountBytes.Length));
        return Of(text.AsSpan(0, length));
    }

    private UInt128 Of(ReadOnlySpan<byte> text)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, text, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
