using Mailreeve.Policy;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage;
using Mailreeve.Storage.Accounts;
using Mailreeve.Storage.Network;
using NodaTime;
using Directory = Mailreeve.Storage.Live.Directory;

namespace Mailreeve.Network.Who;

/// <summary>What an operator is told who asks who had an address.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="KnownAt">As it was known at this moment; null for now.</param>
/// <param name="Answer">Whose it was.</param>
/// <param name="Chain">The customer, its provider, … up to our direct customer, who answers for it (C2); empty when nobody is named.</param>
/// <param name="Possible">Those who come into question when it cannot be told.</param>
public sealed record WhoFinding(
    WhoQuestion Question, Instant? KnownAt, WhoAnswer Answer, IReadOnlyList<CustomerFact> Chain, IReadOnlyList<CustomerFact> Possible);

/// <summary>Somebody who asks who had an address.</summary>
/// <param name="By">Who.</param>
/// <param name="Now">When.</param>
/// <param name="PerHour">How often they may in an hour; null for any number.</param>
public sealed record WhoAsker(Actor By, Instant Now, long? PerHour = null);

/// <summary>Answers operators who ask who had an address, from what is stored: now, or as it was known at an earlier time.</summary>
public static class WhoDesk
{
    /// <summary>How far a time may be off, either way, when nobody says how far.</summary>
    public static readonly Duration UsualDoubt = Duration.FromMinutes(5);

    /// <summary>The question as it is asked of the records.</summary>
    /// <param name="address">The address.</param>
    /// <param name="port">The source port, 1–65535; null when it is not known.</param>
    /// <param name="at">When; null for now.</param>
    /// <param name="doubt">How far that may be off, either way.</param>
    /// <param name="now">The time: nothing has happened after it.</param>
    public static WhoQuestion QuestionOf(Address address, int? port, Instant? at, Duration doubt, Instant now)
    {
        if (at is not { } then)
            return new WhoQuestion(address, port, new Interval(now, now));
        var from = then - doubt;
        return new WhoQuestion(address, port, new Interval(from, Instant.Max(from, Instant.Min(then + doubt, Instant.Max(then, now)))));
    }

    /// <summary>The answer, once it is on record who asks: every answer may disclose a customer, and none is given that is not on disk.</summary>
    /// <param name="database">Where.</param>
    /// <param name="provider">Whose networks these are.</param>
    /// <param name="question">The question.</param>
    /// <param name="knownAt">As it was known at this moment; null for now.</param>
    /// <param name="asker">Who asks.</param>
    /// <param name="stop">Stops the work.</param>
    /// <returns>Null when the asker has asked too often: there is no answer, and nothing on record.</returns>
    public static async Task<WhoFinding?> AnswerAsync(
        Database database, Provider provider, WhoQuestion question, Instant? knownAt, WhoAsker asker, CancellationToken stop)
    {
        var finding = await database.ReadAsync(db => AskAsync(db, provider, question, knownAt, stop), stop);
        var row = new WhoQuestionRow
        {
            AskedAt = asker.Now,
            AskedBy = asker.By,
            Address = question.Address,
            Port = question.Port,
            FromAt = question.Window.Start,
            ToAt = question.Window.End,
            KnownAt = knownAt,
            Verdict = WhoRules.Word(finding.Answer.Verdict),
            Disclosed = string.Join(' ', finding.Chain.Concat(finding.Possible).Select(c => c.RegNumber)),
        };
        return await database.WriteAsync(db => new WhoQuestionStore(db).TryAddAsync(row, asker.PerHour, stop), stop) ? finding : null;
    }

    /// <summary>The answer, for our own use: nobody sees it who is not on record otherwise.</summary>
    /// <remarks>Assignments and sessions are those that were known at <paramref name="knownAt"/>; who is whose customer is as it is now.</remarks>
    public static async Task<WhoFinding> AskAsync(DbSession db, Provider provider, WhoQuestion question, Instant? knownAt, CancellationToken stop)
    {
        var customers = new CustomerStore(db);
        IReadOnlyCollection<Address> addresses = provider.MappingOf(question.Address, question.Port) is NatMapping.Mapped mapped
            ? [question.Address, mapped.Inside]
            : [question.Address];
        var assignments = await customers.CoveringAsync(addresses, knownAt, stop);
        var directory = new Directory(await customers.ListAsync(stop), assignments);
        var records = await AddressRecords.FindAsync(db, [question], provider, knownAt, stop);
        var answer = WhoRules.Decide(records.FactsOf(question, directory, provider));
        var possible = answer.Verdict is AttributionVerdict.Ambiguous ambiguous ? ambiguous.Customers : [];
        return new WhoFinding(
            question, knownAt, answer,
            [.. answer.Chain.Select(directory.Find).OfType<CustomerFact>()],
            [.. possible.Select(directory.Find).OfType<CustomerFact>()]);
    }
}
