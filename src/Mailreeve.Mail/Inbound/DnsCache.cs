using System.Collections.Concurrent;
using System.Net;
using DnsClient;
using DnsClient.Protocol;
using Mailreeve.Mail.Outbound;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Mail.Inbound;

/// <summary>Asks a name server and remembers what it said, also that it said nothing: <see cref="AskDns"/> for all checks of a node.</summary>
/// <remarks>
/// Limits: <see cref="EntriesMax"/> answers, <see cref="AskingMax"/> open questions, <see cref="TimeoutMax"/> for each. Those who ask
/// the same at the same time share one question.
/// </remarks>
/// <param name="resolver">A resolver; <see cref="Resolver"/> makes one that fits.</param>
/// <param name="clock">What time it is.</param>
public sealed class DnsCache(ILookupClient resolver, IClock clock)
{
    private const int EntriesMax = 100_000;
    private const int AskingMax = 5_000;

    private static readonly TimeSpan TimeoutMax = TimeSpan.FromSeconds(10);

    // A zone that says 0 is asked once a message; one that says a week is asked once an hour (RFC 2308 §5 for what is not there).
    private static readonly Duration KeptMin = Duration.FromSeconds(30);
    private static readonly Duration KeptMax = Duration.FromHours(1);
    private static readonly Duration NothingKeptMax = Duration.FromMinutes(15);

    private readonly ConcurrentDictionary<Question, Kept> answers = new();
    private readonly ConcurrentDictionary<Question, Task<DnsAnswer>> asking = new();

    /// <summary>A resolver that asks the machine's name servers, or the one that is given; it remembers nothing, and gives up in seconds.</summary>
    public static LookupClient Resolver(IPEndPoint? server = null)
    {
        var options = MxLookup.Options(server);
        options.UseCache = false;
        options.Timeout = TimeSpan.FromSeconds(3);
        options.Retries = 1;
        return new LookupClient(options);
    }

    /// <summary>Asks, or remembers.</summary>
    public ValueTask<DnsAnswer> AskAsync(string name, DnsType type, CancellationToken stop)
    {
        var question = new Question(name, type);
        if (answers.TryGetValue(question, out var kept) && kept.Until > clock.GetCurrentInstant())
            return ValueTask.FromResult(kept.Answer);
        return asking.Count >= AskingMax ? ValueTask.FromResult(DnsAnswer.Failed) : new ValueTask<DnsAnswer>(ShareAsync(question, stop));
    }

    /// <summary>Asks, whatever is remembered.</summary>
    public ValueTask<DnsAnswer> AskAnewAsync(string name, DnsType type, CancellationToken stop)
    {
        answers.TryRemove(new Question(name, type), out _);
        return AskAsync(name, type, stop);
    }

    private async Task<DnsAnswer> ShareAsync(Question question, CancellationToken stop)
    {
        var shared = asking.GetOrAdd(question, static (q, cache) => cache.LookUpAsync(q), this);
        try
        {
            return await shared.WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return DnsAnswer.Failed;
        }
    }

    private async Task<DnsAnswer> LookUpAsync(Question question)
    {
        // So that the question is in the map of open ones before it can be taken out again.
        await Task.Yield();
        try
        {
            var (answer, kept) = await QueryAsync(question);
            Keep(question, new Kept(answer, clock.GetCurrentInstant() + kept));
            return answer;
        }
        finally
        {
            asking.TryRemove(question, out _);
        }
    }

    private async Task<(DnsAnswer Answer, Duration Kept)> QueryAsync(Question question)
    {
        try
        {
            var response = await resolver.QueryAsync(question.Name, (QueryType)(int)question.Type).WaitAsync(TimeoutMax);
            if (response.HasError && response.Header.ResponseCode != DnsHeaderResponseCode.NotExistentDomain)
                return (DnsAnswer.Failed, KeptMin);
            var answer = Read(response.Answers, question.Type);
            return (answer, answer.Outcome == DnsOutcome.Found ? Kept(response.Answers, KeptMax) : Kept(response.Authorities, NothingKeptMax));
        }
        catch (Exception e) when (e is DnsResponseException or TimeoutException or OperationCanceledException)
        {
            return (DnsAnswer.Failed, KeptMin);
        }
        catch (ArgumentException)
        {
            // A name that cannot be put into a question has no answer.
            return (DnsAnswer.Nothing, KeptMax);
        }

        static Duration Kept(IEnumerable<DnsResourceRecord> records, Duration max) =>
            Duration.Min(max, Duration.Max(KeptMin, Duration.FromSeconds(records.Select(r => r.InitialTimeToLive).DefaultIfEmpty(0).Min())));
    }

    private static DnsAnswer Read(IReadOnlyList<DnsResourceRecord> records, DnsType type) => type switch
    {
        DnsType.A or DnsType.Aaaa => DnsAnswer.Of([.. records.OfType<AddressRecord>().Select(a => Address.From(a.Address))]),
        DnsType.Mx => DnsAnswer.OfNames([.. records.OfType<MxRecord>().OrderBy(m => m.Preference).Select(m => m.Exchange.Value.TrimEnd('.'))]),
        DnsType.Ptr => DnsAnswer.OfNames([.. records.OfType<PtrRecord>().Select(p => p.PtrDomainName.Value.TrimEnd('.'))]),
        _ => DnsAnswer.OfTexts([.. records.OfType<TxtRecord>().Select(t => string.Concat(t.Text))]),
    };

    private void Keep(Question question, Kept kept)
    {
        if (answers.Count >= EntriesMax)
        {
            var now = clock.GetCurrentInstant();
            foreach (var (old, entry) in answers)
            {
                if (entry.Until <= now)
                    answers.TryRemove(old, out _);
            }

            // Nothing has run out: whoever fills it faster than that gets no advantage by it.
            if (answers.Count >= EntriesMax)
                answers.Clear();
        }

        answers[question] = kept;
    }

    private readonly record struct Question(string Name, DnsType Type)
    {
        public bool Equals(Question other) => Type == other.Type && Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase);

        public override int GetHashCode() => HashCode.Combine(Type, Name.GetHashCode(StringComparison.OrdinalIgnoreCase));
    }

    private sealed record Kept(DnsAnswer Answer, Instant Until);
}
