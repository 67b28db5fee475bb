using System.Security.Cryptography;
using System.Text;
using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Accounts.SignIn;

/// <summary>The message with the registration numbers of whoever has this mail address.</summary>
/// <param name="recipient">The address as it was typed.</param>
/// <param name="customers">One or more.</param>
public delegate NumberMail WriteNumberMail(string recipient, IReadOnlyList<CustomerFact> customers);

/// <summary>A message that is ready to be sent.</summary>
/// <param name="EnvelopeFrom">Envelope sender; empty for the null sender.</param>
/// <param name="Message">The message with CRLF line ends.</param>
public sealed record NumberMail(string EnvelopeFrom, byte[] Message);

/// <summary>Sends a forgotten registration number to a registered contact, and tells the asker nothing (S2).</summary>
/// <remarks>
/// Whether or not the address is a contact's, a message is written, a row is stored and the transaction is committed; for a stranger
/// the row is taken back in the same transaction. So neither the answer nor its time shows who is a customer.
/// </remarks>
public sealed class ForgottenNumber(Database database, AttemptThrottle throttle, IClock clock, WriteNumberMail write)
{
    private static readonly Duration Pause = Duration.FromHours(1);

    // The message of a stranger is about nobody; it is written so that the work is the same.
    private static readonly CustomerFact Nobody = new()
    {
        Id = new CustomerId(0),
        RegNumber = RegNumber.From(0).ToString(),
        Name = "Nobody",
        State = CustomerState.Active,
        TimeZone = "Etc/UTC",
    };

    /// <summary>Takes a request.</summary>
    /// <param name="address">A mail address, typed by anyone.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="stop">Stops the work.</param>
    public async Task<ForgottenNumberAnswer> AskAsync(string address, Address client, CancellationToken stop)
    {
        var recipient = address.Trim();
        if (ContactRules.Problem(ContactChannel.Email, recipient) is { } problem)
            return new ForgottenNumberAnswer.NotAnAddress(problem);
        // One account for all: it is the network that is slowed down, whatever it asks for.
        var wait = throttle.Begin(client, "forgotten number");
        if (wait > Duration.Zero)
            return new ForgottenNumberAnswer.TooManyRequests(wait);

        var now = clock.GetCurrentInstant();
        await database.WriteAsync(db => TakeAsync(db, recipient, now, stop), stop);
        return new ForgottenNumberAnswer.Taken();
    }

    private async Task TakeAsync(DbSession db, string recipient, Instant now, CancellationToken stop)
    {
        var key = await new SecretStore(db).GetOrCreateAsync("forgotten-number", 32, stop);
        var digest = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(recipient.ToLowerInvariant()));
        var requests = new NumberRequestStore(db);
        var mayAsk = await requests.TryAskAsync(digest, Pause, now, stop);
        var customers = await new CustomerStore(db).WithEmailAsync(recipient, stop);
        IReadOnlyList<CustomerFact> facts = customers.Count > 0 ? customers : [Nobody];
        var mail = write(recipient, facts);
        var message = new NewOutbound
        {
            Id = await db.NextIdsAsync("outbound", 1, stop),
            Purpose = OutboundPurpose.RegistrationNumber,
            SubjectId = facts[0].Id.Value,
            EnvelopeFrom = mail.EnvelopeFrom,
            Recipient = recipient,
            Message = mail.Message,
            CreatedAt = now,
        };
        if (mayAsk && customers.Count > 0)
            await new OutboundStore(db).AddAsync([message], stop);
        else
            await requests.PretendAsync(message, stop);
    }
}

/// <summary>What the asker is told.</summary>
public abstract record ForgottenNumberAnswer
{
    private ForgottenNumberAnswer()
    {
    }

    /// <summary>"If this is the address of a contact, the number is on its way": the same for everyone.</summary>
    public sealed record Taken : ForgottenNumberAnswer;

    /// <summary>It is no mail address at all.</summary>
    public sealed record NotAnAddress(string Problem) : ForgottenNumberAnswer;

    /// <summary>This network has asked too often.</summary>
    /// <param name="Wait">Time before it may ask again.</param>
    public sealed record TooManyRequests(Duration Wait) : ForgottenNumberAnswer;
}
