using System.Security.Cryptography;
using Mailreeve.Accounts.SignIn;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Notices;
using Mailreeve.Protocols.Messages;
using NodaTime;

namespace Mailreeve.Serving;

/// <summary>Writes the message with a forgotten registration number (S2).</summary>
internal sealed class NumberMailWriter(AbusePolicy policy, Provider provider, NoticeTemplates notices, IClock clock)
{
    /// <summary>The message to a contact of these customers.</summary>
    public NumberMail Write(string recipient, IReadOnlyList<CustomerFact> customers)
    {
        var names = string.Join(", ", customers.Select(c => c.Name));
        var numbers = string.Join(", ", customers.Select(c => c.RegNumber));
        var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(customers[0].TimeZone) ?? DateTimeZone.Utc;
        var rendered = notices[NoticeNames.RegistrationNumber].Render(policy, provider.FactsIn(zone), new NoticeFacts.OfAccount(names, numbers));
        var message = new SystemMessage
        {
            FromName = provider.Name,
            From = $"support@{provider.Domains[0]}",
            To = recipient,
            Subject = rendered.Subject,
            Text = rendered.Text,
            MessageId = $"number.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(10))}@{provider.HostName}",
            Date = clock.GetCurrentInstant(),
        };
        return new NumberMail("", message.Write());
    }
}
