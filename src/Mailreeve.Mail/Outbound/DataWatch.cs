using MailKit;

namespace Mailreeve.Mail.Outbound;

/// <summary>Watches a hand-off for the point after which nobody can say whether the message arrived: the dot was sent.</summary>
internal sealed class DataWatch : IProtocolLogger
{
    private static readonly byte[] End = "\r\n.\r\n"u8.ToArray();

    private readonly byte[] last = new byte[5];
    private bool inData;

    /// <summary>Whether the end of the message was sent.</summary>
    public bool DotSent { get; private set; }

    /// <summary>Another message follows.</summary>
    public void Begin() => (DotSent, inData) = (false, false);

    public IAuthenticationSecretDetector? AuthenticationSecretDetector { get; set; }

    public void LogConnect(Uri uri)
    {
    }

    public void LogServer(byte[] buffer, int offset, int count)
    {
        if (!inData)
            inData = buffer.AsSpan(offset, count).StartsWith("354"u8);
    }

    public void LogClient(byte[] buffer, int offset, int count)
    {
        if (!inData)
            return;
        foreach (var b in buffer.AsSpan(offset, count))
        {
            last.AsSpan(1).CopyTo(last);
            last[^1] = b;
        }

        DotSent |= last.AsSpan().SequenceEqual(End);
    }

    public void Dispose()
    {
    }
}
