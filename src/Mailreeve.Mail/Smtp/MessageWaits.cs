using System.IO.Pipelines;

namespace Mailreeve.Mail.Smtp;

/// <summary>The waits for the octets of one message: each has a limit, and all of them together have one.</summary>
internal sealed class MessageWaits(SmtpSession session)
{
    private readonly long begun = session.Parts.Ticks.GetTimestamp();

    /// <summary>Whether one of the limits was reached.</summary>
    public bool Over => session.Wire.Overdue || Left <= TimeSpan.Zero;

    private TimeSpan Left => session.Limits.MessageTimeout - session.Parts.Ticks.GetElapsedTime(begun);

    public ValueTask<ReadResult> ReadAsync()
    {
        var left = Left;
        var within = left < session.Limits.DataTimeout ? left : session.Limits.DataTimeout;
        return session.Wire.ReadAsync(within < TimeSpan.Zero ? TimeSpan.Zero : within);
    }
}
