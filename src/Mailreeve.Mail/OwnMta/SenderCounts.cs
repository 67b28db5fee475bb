using Mailreeve.Mail.Senders;
using Mailreeve.Policy.Mail;

namespace Mailreeve.Mail.OwnMta;

/// <summary>Counts what another mail server sends for customers against the same limits as what they hand in here (C1).</summary>
/// <param name="grains">Finds the owners of what each may send.</param>
public sealed class SenderCounts(IGrainFactory grains)
{
    /// <summary>Counts a message.</summary>
    /// <returns>Always within for a name that is nobody's here: there is no limit that would be theirs.</returns>
    public async ValueTask<SendingAnswer> CountAsync(CountedMessage message, CancellationToken stop)
    {
        if (message.Customer is not { } customer)
            return SendingAnswer.Within;
        var owner = grains.GetGrain<ISenderGrain>(SenderName.Of(customer, message.Mailbox));
        return await owner.CountAsync(message.Recipients).WaitAsync(stop) switch
        {
            AdmissionOutcome.Accepted => SendingAnswer.Within,
            AdmissionOutcome.Held => SendingAnswer.Held,
            _ => SendingAnswer.PutOff,
        };
    }
}
