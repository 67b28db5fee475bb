using Mailreeve.Storage;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Testing;

/// <summary>What happens to messages of <c>outbound</c> when they are sent, without anyone who sends.</summary>
public static class OutboundTaken
{
    /// <summary>Takes what is due, wherever it goes.</summary>
    public static Task<IReadOnlyList<DueOutbound>> TakeOutboundAsync(this DbSession db, Instant now, long limit = 100) =>
        new QueueStore(db).TakeExceptAsync(_ => false, now, now + Duration.FromMinutes(30), limit, TestContext.Current.CancellationToken);

    /// <summary>It ended like this.</summary>
    public static Task EndOutboundAsync(this DbSession db, long id, OutboundState state, string reply, Instant now) =>
        new QueueStore(db).RecordAsync([new AttemptOutcome(id, state, reply, null)], now, TestContext.Current.CancellationToken);
}
