using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy.Attribution;

/// <summary>
/// Takes news about sessions into what is known of them: lost, late, repeated and reordered ones too. Pure: it reads no clock and no
/// database; whoever uses it gives it the rows that the news is about, and writes what has changed.
/// </summary>
/// <param name="now">When what changes is written down.</param>
public sealed class SessionLedger(Instant now)
{
    /// <summary>Two starts of one id that are nearer to each other than this are one that was sent again.</summary>
    public static readonly Duration SameStart = Duration.FromSeconds(10);

    /// <summary>How far a start that is worked out from the length of a session may be from the one that was reported.</summary>
    public static readonly Duration SameSession = Duration.FromMinutes(5);

    private readonly List<AddressSession> rows = [];
    private readonly Dictionary<long, int> byId = [];
    private readonly Dictionary<(SessionSource Source, string Nas, string Session), List<int>> byKey = [];
    private readonly Dictionary<(SessionSource Source, Prefix Prefix), List<int>> open = [];
    private readonly Dictionary<(SessionSource Source, string Nas), List<int>> ofNas = [];
    private readonly HashSet<int> changed = [];

    /// <summary>What has changed, and must be written: rows without an id are new.</summary>
    public IEnumerable<AddressSession> Changed => changed.Order().Select(i => rows[i]);

    /// <summary>Gives it a row that is stored. One that it has already is passed over.</summary>
    public void Know(AddressSession stored)
    {
        if (byId.TryAdd(stored.Id, rows.Count))
            Index(stored);
    }

    /// <summary>Takes in one piece of news. Of what a session has, only that counts which it may (<see cref="AddressSession.CanHave"/>).</summary>
    public void Take(SessionNews news)
    {
        if (news is SessionNews.Sighting said && !said.Prefixes.All(AddressSession.CanHave))
            news = said with { Prefixes = [.. said.Prefixes.Where(AddressSession.CanHave)] };
        switch (news)
        {
            case SessionNews.Restart:
                foreach (var i in ofNas.GetValueOrDefault((news.Source, news.Nas), []).Where(i => rows[i].End is null && rows[i].StartedAt < news.At))
                    Close(i, news.At, SessionEnd.NasRestarted);
                break;
            case SessionNews.Sighting { Kind: SightingKind.Start } start:
                Start(start);
                break;
            case SessionNews.Sighting { Kind: SightingKind.Alive } alive:
                Alive(alive);
                break;
            case SessionNews.Sighting stop:
                Stop(stop);
                break;
        }
    }

    private void Start(SessionNews.Sighting start)
    {
        var mine = KeyRows(start);
        // Another start under the same id: the source was restarted, and counts from the beginning again.
        foreach (var i in mine.Where(i => rows[i].End is null && start.At - rows[i].StartedAt > SameStart))
            Close(i, start.At, SessionEnd.Replaced);
        foreach (var prefix in start.Prefixes)
        {
            if (Last(mine, i => IsSame(rows[i], start, prefix) && IsStartOf(rows[i], start.At)) is { } known)
                Begin(known, start);
            else
                Add(start, prefix, start.At);
        }
    }

    // A start that comes after its own stop, or again. Only what it says earlier than what is known counts.
    private void Begin(int i, SessionNews.Sighting start)
    {
        var row = rows[i];
        var begun = row with
        {
            StartedAt = Instant.Min(row.StartedAt, start.At),
            Login = row.Login ?? start.Login,
            Station = row.Station ?? start.Station,
            Customer = row.Customer ?? start.Customer,
            Service = row.Service ?? start.Service,
        };
        Put(i, begun);
    }

    private void Alive(SessionNews.Sighting alive)
    {
        // A lease that had run out before: the address was free in between, though the same client has it again.
        foreach (var i in KeyRows(alive).Where(i => rows[i] is { End: null, Source: SessionSource.Dhcp } && rows[i].ExpectedBy < alive.At))
            Put(i, rows[i].Overdue(now));
        var mine = KeyRows(alive).Where(i => IsOf(rows[i], alive)).ToList();
        foreach (var prefix in alive.Prefixes)
        {
            if (Last(mine, i => IsSame(rows[i], alive, prefix)) is { } known)
                GoOn(known, alive);
            else
                Add(alive, prefix, mine.Count == 0 ? alive.StartedAt ?? alive.At : alive.At);
        }

        // One that names no address is about all that the session has.
        if (alive.Prefixes.Count == 0)
            mine.ForEach(i => GoOn(i, alive));
    }

    private void GoOn(int i, SessionNews.Sighting alive)
    {
        var row = rows[i];
        if (alive.At < row.SeenAt)
            return;
        row = row with { SeenAt = alive.At, ExpectedBy = alive.ExpectedBy };
        // It was thought to be over. What is said to have stopped stays so: the two came in the wrong order.
        if (row.End is { } end && row.EndedAt < alive.At && end is SessionEnd.Lost or SessionEnd.NasRestarted)
            row = row with { EndedAt = null, End = null, EndRecordedAt = null };
        if (row.EndedAt is { } ended)
            row = row with { SeenAt = Instant.Min(row.SeenAt, ended) };
        Put(i, row);
    }

    private void Stop(SessionNews.Sighting stop)
    {
        // Of several incarnations of one id the last is meant.
        var mine = KeyRows(stop).Where(i => IsOf(rows[i], stop))
            .GroupBy(i => (rows[i].Prefix, rows[i].FirstPort, rows[i].LastPort)).Select(g => g.MaxBy(i => rows[i].StartedAt)).ToList();
        foreach (var i in mine.Where(i => rows[i].End is not (SessionEnd.Stopped or SessionEnd.Expired)))
        {
            // What was given to somebody else meanwhile was over by then, whatever a late message says.
            var at = rows[i].End == SessionEnd.Replaced ? Instant.Min(stop.At, rows[i].EndedAt!.Value) : stop.At;
            Put(i, rows[i] with
            {
                EndedAt = Instant.Max(at, rows[i].StartedAt),
                End = stop.End,
                SeenAt = Instant.Max(at, rows[i].StartedAt),
                ExpectedBy = null,
                EndRecordedAt = now,
            });
        }

        foreach (var prefix in stop.Prefixes.Where(p => !mine.Exists(i => IsSame(rows[i], stop, p))))
        {
            Add(stop, prefix, stop.StartedAt ?? stop.At);
            var added = rows[^1];
            var at = Instant.Max(stop.At, added.StartedAt);
            Put(rows.Count - 1, added with { EndedAt = at, End = stop.End, SeenAt = at, ExpectedBy = null, EndRecordedAt = now });
        }
    }

    private void Add(SessionNews.Sighting news, Prefix prefix, Instant startedAt)
    {
        Instant? takenAgain = null;
        foreach (var i in open.GetValueOrDefault((news.Source, prefix), []).Where(i => rows[i].End is null && PortsMeet(rows[i], news)).ToList())
        {
            // An end of which nobody knows the beginning says nothing about when the address changed hands.
            if (news is { Kind: SightingKind.Stop, StartedAt: null })
                continue;
            if (rows[i].StartedAt <= startedAt)
                Close(i, startedAt, SessionEnd.Replaced);
            else
                takenAgain = Instant.Min(takenAgain ?? Instant.MaxValue, rows[i].StartedAt);
        }

        Index(new AddressSession
        {
            Source = news.Source,
            Nas = news.Nas,
            Session = news.Session,
            Login = news.Login,
            Station = news.Station,
            Customer = news.Customer,
            Service = news.Service,
            Prefix = prefix,
            FirstPort = news.FirstPort,
            LastPort = news.LastPort,
            StartedAt = startedAt,
            SeenAt = Instant.Max(startedAt, news.At),
            ExpectedBy = news.ExpectedBy,
            RecordedAt = now,
        });
        changed.Add(rows.Count - 1);
        // It came so late that the next one is known already.
        if (takenAgain is { } until)
            Close(rows.Count - 1, until, SessionEnd.Replaced);
    }

    private void Close(int i, Instant at, SessionEnd end) =>
        Put(i, rows[i] with
        {
            EndedAt = Instant.Max(at, rows[i].StartedAt),
            End = end,
            SeenAt = Instant.Min(rows[i].SeenAt, Instant.Max(at, rows[i].StartedAt)),
            ExpectedBy = null,
            EndRecordedAt = now,
        });

    // An id comes again after a restart. What is open is meant, or what began when this one says that it did.
    private static bool IsOf(AddressSession row, SessionNews.Sighting news)
    {
        if (row.StartedAt > news.At + SameStart)
            return false;
        if (news.StartedAt is { } started)
            return Near(row.StartedAt, started, SameSession) || (row.End is null && row.StartedAt >= started);
        return row.End is null || news.At <= row.EndedAt || row.HasBoundedEnd;
    }

    private static bool IsSame(AddressSession row, SessionNews.Sighting news, Prefix prefix) =>
        row.Prefix == prefix && row.FirstPort == news.FirstPort && row.LastPort == news.LastPort;

    private static bool PortsMeet(AddressSession row, SessionNews.Sighting news) => row.FirstPort <= news.LastPort && news.FirstPort <= row.LastPort;

    // Sent again; or late, after a message of which the beginning was worked out, or taken for the time of that message itself.
    private static bool IsStartOf(AddressSession row, Instant at) =>
        Near(row.StartedAt, at, SameStart) || (at <= row.StartedAt && Near(row.StartedAt, at, SameSession));

    private static int? Last(List<int> indexes, Predicate<int> fits) => indexes.FindLastIndex(fits) is >= 0 and var at ? indexes[at] : null;

    private static bool Near(Instant a, Instant b, Duration most) => a - b <= most && b - a <= most;

    private List<int> KeyRows(SessionNews.Sighting news) => byKey.GetValueOrDefault((news.Source, news.Nas, news.Session), []);

    private void Index(AddressSession row)
    {
        var i = rows.Count;
        rows.Add(row);
        Append(byKey, (row.Source, row.Nas, row.Session), i);
        Append(open, (row.Source, row.Prefix), i);
        Append(ofNas, (row.Source, row.Nas), i);
    }

    private static void Append<TKey>(Dictionary<TKey, List<int>> index, TKey key, int i)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var list))
            index[key] = list = [];
        list.Add(i);
    }

    private void Put(int i, AddressSession row)
    {
        if (row == rows[i])
            return;
        rows[i] = row;
        changed.Add(i);
    }
}
