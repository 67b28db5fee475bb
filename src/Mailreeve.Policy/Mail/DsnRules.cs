using Mailreeve.Protocols.Messages;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Mail;

/// <summary>Whether a sender is told what became of a message. Pure.</summary>
public static class DsnRules
{
    /// <summary>Whether this is told.</summary>
    /// <param name="happened">What there is to tell.</param>
    /// <param name="sender">Envelope sender; empty for the null sender, who is never told: so no notification is answered by another (RFC 5321 §6.1).</param>
    /// <param name="notify">What the sender asked for; <see langword="null"/> when it said nothing.</param>
    public static bool IsTold(DeliveryAction happened, string sender, NotifyWhen? notify)
    {
        if (sender.Length == 0)
            return false;
        // RFC 3461 §4.1: without NOTIFY a failure is told, and a delay may be.
        var wanted = notify ?? NotifyWhen.Failure | NotifyWhen.Delay;
        return happened switch
        {
            DeliveryAction.Failed => wanted.HasFlag(NotifyWhen.Failure),
            DeliveryAction.Delayed => wanted.HasFlag(NotifyWhen.Delay),
            _ => wanted.HasFlag(NotifyWhen.Success),
        };
    }
}
