using System.Collections.Frozen;
using System.Data;
using System.Reflection;
using System.Text;
using Dapper;
using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Storage;

/// <summary>How the program's types stand in a column: one handler for each, for both databases.</summary>
internal static class DbValues
{
    /// <summary>Registers the handlers with Dapper.</summary>
    public static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.Settings.PreferTypeHandlersForEnums = true;
        SqlMapper.Settings.PadListExpansions = true;
        Add(i => i.ToUnixTimeMilliseconds(), (long ms) => Instant.FromUnixTimeMilliseconds(ms));
        Add(a => a.ToBytes(), (byte[] bytes) => Address.FromBytes(bytes));
        Add(c => c.Value, (string text) => new ClauseId(text));
        Add(a => a.Value, (string text) => new Actor(text));
        Add(i => i.Value, (long id) => new CustomerId(id));
        Add(i => i.Value, (long id) => new CaseId(id));
        Add(i => i.Value, (long id) => new ReportId(id));
        Add(i => i.Value, (long id) => new EventId(id));
        Add(i => i.Value, (long id) => new NoticeId(id));
        Add(i => i.Value, (long id) => new ResponseId(id));
        Add(i => i.Value, (long id) => new ChargeId(id));
        Add(i => i.Value, (long id) => new BlockId(id));
        Add(i => i.Value, (long id) => new DecisionId(id));
        Add(i => i.Value, (long id) => new MailboxId(id));
        Add(i => i.Value, (long id) => new FolderId(id));
        Add(i => i.Value, (long id) => new HoldId(id));

        var enums = new[] { typeof(Money).Assembly, typeof(Address).Assembly, typeof(DbValues).Assembly }
            .SelectMany(a => a.GetTypes())
            .Where(t => t.IsEnum && t.IsPublic);
        foreach (var type in enums)
        {
            typeof(DbValues).GetMethod(nameof(AddEnum), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(type)
                .Invoke(null, null);
        }
    }

    /// <summary>A value as a database parameter holds it.</summary>
    public static object ToDb(object? value) => value switch
    {
        null => DBNull.Value,
        string text => DbText.Clean(text),
        Instant i => i.ToUnixTimeMilliseconds(),
        Address a => a.ToBytes(),
        Enum e => EnumText.Of(e),
        ClauseId c => DbText.Clean(c.Value),
        Actor a => DbText.Clean(a.Value),
        CustomerId id => id.Value,
        CaseId id => id.Value,
        ReportId id => id.Value,
        EventId id => id.Value,
        NoticeId id => id.Value,
        ResponseId id => id.Value,
        ChargeId id => id.Value,
        BlockId id => id.Value,
        DecisionId id => id.Value,
        MailboxId id => id.Value,
        FolderId id => id.Value,
        HoldId id => id.Value,
        int n => (long)n,
        _ => value,
    };

    private static void Add<T, TColumn>(Func<T, TColumn> toDb, Func<TColumn, T> fromDb) =>
        SqlMapper.AddTypeHandler(new Handler<T, TColumn>(toDb, fromDb));

    private static void AddEnum<T>()
        where T : struct, Enum =>
        Add<T, string>(e => EnumText.Of(e), EnumText.Parse<T>);

    private sealed class Handler<T, TColumn>(Func<T, TColumn> toDb, Func<TColumn, T> fromDb) : SqlMapper.TypeHandler<T>
    {
        public override void SetValue(IDbDataParameter parameter, T? value) =>
            parameter.Value = value is null ? DBNull.Value : toDb(value);

        public override T Parse(object value) => fromDb((TColumn)value);
    }
}

/// <summary>The text of an enum value in a column, a URL and JSON: <c>NeedsPerson</c> is <c>needs-person</c>.</summary>
public static class EnumText
{
    /// <summary>The text.</summary>
    public static string Of(Enum value)
    {
        var name = value.ToString();
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
                text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    /// <summary>The value.</summary>
    /// <exception cref="ArgumentException">No value has exactly this text.</exception>
    public static T Parse<T>(string text)
        where T : struct, Enum =>
        TryParse<T>(text, out var value) ? value : throw new ArgumentException($"'{text}' is no {typeof(T).Name}.", nameof(text));

    /// <summary>The value that has exactly this text; <see langword="false"/> when none has.</summary>
    public static bool TryParse<T>(string text, out T value)
        where T : struct, Enum =>
        Texts<T>.Values.TryGetValue(text, out value);

    // Enum.Parse would take "7", "Done, Received" and " done " as well, and texts come from URLs.
    private static class Texts<T>
        where T : struct, Enum
    {
        public static readonly FrozenDictionary<string, T> Values =
            Enum.GetValues<T>().ToFrozenDictionary(value => Of(value), StringComparer.Ordinal);
    }
}
