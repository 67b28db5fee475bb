using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Attribution;

public sealed class SessionLedgerTests
{
    private static readonly Instant T = Some.Time;
    private static readonly Prefix Framed = Prefix.Parse("198.51.100.7");
    private static readonly Prefix Delegated = Prefix.Parse("2001:db8:7::/56");

    [Fact]
    public void A_session_is_from_its_start_to_its_stop()
    {
        var row = Assert.Single(Take(Start(0), Alive(15), Stop(40)));

        Assert.Equal((T, At(40), SessionEnd.Stopped, At(40)), (row.StartedAt, row.EndedAt, row.End, row.CertainUntil));
    }

    [Fact]
    public void Whatever_comes_twice_or_in_another_order_says_the_same()
    {
        SessionNews[] news = [Start(0), Alive(15, session: 15), Alive(30, session: 30), Stop(40, session: 40)];
        var expected = Assert.Single(Take(news));

        Assert.All(Orders(news), order =>
        {
            var row = Assert.Single(Take([.. order, .. order]));
            Assert.Equal((expected.StartedAt, expected.EndedAt, expected.End), (row.StartedAt, row.EndedAt, row.End));
        });
    }

    [Fact]
    public void News_that_is_taken_a_second_time_changes_nothing()
    {
        SessionNews[] news = [Start(0), Alive(15), Stop(40), Start(50, "b"), Alive(60, "b")];
        var stored = Numbered(Take(news));

        Assert.Empty(Take(stored, news));
    }

    [Fact]
    public void An_address_that_is_given_out_again_was_free_before()
    {
        var rows = Take(Start(0), Alive(15), Start(60, "b"));

        Assert.Equal([(SessionEnd.Replaced, At(60), At(15)), (null, null, null)], rows.Select(r => (r.End, r.EndedAt, r.CertainUntil)));
    }

    [Fact]
    public void A_late_stop_of_what_was_given_out_again_does_not_reach_into_the_next_session()
    {
        var rows = Take(Start(0), Start(60, "b"), Stop(90));

        Assert.Equal((SessionEnd.Stopped, At(60)), (rows[0].End, rows[0].EndedAt));
        Assert.Null(rows[1].End);
    }

    [Fact]
    public void A_server_that_begins_anew_ends_its_sessions_and_no_others()
    {
        var rows = Take(Start(0), Start(5, "x", prefix: Delegated) with { Nas = "other" }, Alive(10), new SessionNews.Restart { Source = SessionSource.Radius, Nas = "nas", At = At(20) });

        Assert.Equal((SessionEnd.NasRestarted, At(20), At(10)), (rows[0].End, rows[0].EndedAt, rows[0].CertainUntil));
        Assert.Null(rows[1].End);
    }

    [Fact]
    public void A_session_that_goes_on_after_all_is_open_again()
    {
        var rows = Take(Start(0), new SessionNews.Restart { Source = SessionSource.Radius, Nas = "nas", At = At(20) }, Alive(30, session: 30));

        Assert.Equal((null, At(30)), (Assert.Single(rows).End, rows[0].SeenAt));
    }

    [Fact]
    public void An_id_that_comes_again_after_a_restart_is_another_session()
    {
        var rows = Take(Start(0), Start(30), Stop(45, session: 15));

        Assert.Equal([(T, At(30), SessionEnd.Replaced), (At(30), At(45), SessionEnd.Stopped)], rows.Select(r => (r.StartedAt, r.EndedAt!.Value, r.End!.Value)));
    }

    [Fact]
    public void Without_its_start_a_session_began_when_its_length_says()
    {
        Assert.Equal((T, At(40)), Assert.Single(Take(Stop(40, session: 40))) is var row ? (row.StartedAt, row.EndedAt) : default);
    }

    [Fact]
    public void What_a_session_gets_later_is_its_own_from_then_on()
    {
        var rows = Take(Start(0), Alive(10, prefix: Delegated), Stop(40) with { Prefixes = [] });

        Assert.Equal([(Framed, T), (Delegated, At(10))], rows.Select(r => (r.Prefix, r.StartedAt)));
        Assert.All(rows, r => Assert.Equal((At(40), SessionEnd.Stopped), (r.EndedAt, r.End)));
    }

    [Fact]
    public void A_lease_that_ran_out_and_is_taken_again_leaves_a_gap()
    {
        SessionNews.Sighting Lease(int at, int until) => Alive(at) with { Source = SessionSource.Dhcp, StartedAt = null, ExpectedBy = At(until) };

        var rows = Take(Lease(0, 60), Lease(30, 90), Lease(120, 180));

        Assert.Equal([(T, At(90), SessionEnd.Expired), (At(120), null, null)], rows.Select(r => (r.StartedAt, r.EndedAt, r.End)));
    }

    [Fact]
    public void Blocks_of_other_ports_do_not_touch_each_other()
    {
        SessionNews.Sighting Ports(long first, long last, string id) =>
            Start(0, id) with { Source = SessionSource.Nat, FirstPort = first, LastPort = last };

        var rows = Take(Ports(1024, 2047, "a"), Ports(2048, 3071, "b"), Ports(1024, 2047, "c") with { At = At(10), StartedAt = At(10) });

        Assert.Equal([SessionEnd.Replaced, null, null], rows.Select(r => r.End));
    }

    private static Instant At(int minutes) => T + Duration.FromMinutes(minutes);

    private static SessionNews.Sighting Start(int minutes, string id = "a", Prefix? prefix = null) => Of(SightingKind.Start, minutes, id, minutes, prefix);

    private static SessionNews.Sighting Alive(int minutes, string id = "a", Prefix? prefix = null, int? session = null) =>
        Of(SightingKind.Alive, minutes, id, session is { } s ? minutes - s : null, prefix);

    private static SessionNews.Sighting Stop(int minutes, string id = "a", int? session = null) =>
        Of(SightingKind.Stop, minutes, id, session is { } s ? minutes - s : null, null);

    private static SessionNews.Sighting Of(SightingKind kind, int minutes, string id, int? started, Prefix? prefix) => new()
    {
        Source = SessionSource.Radius,
        Nas = "nas",
        Session = id,
        Kind = kind,
        At = At(minutes),
        StartedAt = started is { } s ? At(s) : null,
        Login = "kim",
        Customer = new CustomerId(1),
        Prefixes = [prefix ?? Framed],
    };

    private static List<AddressSession> Take(params SessionNews[] news) => Take([], news);

    private static List<AddressSession> Take(IReadOnlyList<AddressSession> stored, params SessionNews[] news)
    {
        var ledger = new SessionLedger(At(1000));
        foreach (var row in stored)
            ledger.Know(row);
        foreach (var one in news)
            ledger.Take(one);
        return [.. ledger.Changed];
    }

    private static List<AddressSession> Numbered(IEnumerable<AddressSession> rows) => [.. rows.Select((r, i) => r with { Id = i + 1 })];

    private static IEnumerable<SessionNews[]> Orders(SessionNews[] news) => news.Length <= 1
        ? [news]
        : news.SelectMany((first, i) => Orders([.. news[..i], .. news[(i + 1)..]]).Select(rest => (SessionNews[])[first, .. rest]));
}
