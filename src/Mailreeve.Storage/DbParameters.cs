using System.Data;
using System.Text.RegularExpressions;
using Dapper;

namespace Mailreeve.Storage;

/// <summary>Parameters of a statement on their way into Dapper: text is cleaned, and a list is one parameter where the database has arrays.</summary>
internal sealed partial class DbParameters(object template) : SqlMapper.IDynamicParameters
{
    /// <summary>The statement for this database. Statements say <c>IN @list</c>, also for lists that may be empty.</summary>
    /// <remarks>
    /// Dapper spells a list out for SQLite, and hands it to PostgreSQL as one array, which IN does not take. ANY does, and the text of
    /// the statement stays the same for any number of values, so that it is prepared once.
    /// </remarks>
    public static string SqlFor(Dialect dialect, string sql) =>
        dialect == Dialect.PostgreSql && sql.Contains("IN @", StringComparison.Ordinal) ? InList().Replace(sql, "= ANY($1)") : sql;

    /// <inheritdoc/>
    public void AddParameters(IDbCommand command, SqlMapper.Identity identity)
    {
        ((SqlMapper.IDynamicParameters)new DynamicParameters(template)).AddParameters(command, identity);
        foreach (IDbDataParameter parameter in command.Parameters)
        {
            parameter.Value = parameter.Value switch
            {
                string text => DbText.Clean(text),
                IEnumerable<string> texts => texts.Select(DbText.Clean).ToArray(),
                IEnumerable<long> numbers => numbers.ToArray(),
                var other => other,
            };
        }
    }

    [GeneratedRegex(@"\bIN (@\w+)")]
    private static partial Regex InList();
}
