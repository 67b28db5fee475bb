using System.Data;
using Dapper;

namespace Mailreeve.Storage;

/// <summary>Parameters of a statement on their way into Dapper: text in them is cleaned (<see cref="DbText"/>).</summary>
/// <remarks>Not a type handler for strings: Dapper does not ask one for the elements of a list.</remarks>
internal sealed class DbParameters(object template) : SqlMapper.IDynamicParameters
{
    /// <inheritdoc/>
    public void AddParameters(IDbCommand command, SqlMapper.Identity identity)
    {
        ((SqlMapper.IDynamicParameters)new DynamicParameters(template)).AddParameters(command, identity);
        foreach (IDbDataParameter parameter in command.Parameters)
        {
            parameter.Value = parameter.Value switch
            {
                string text => DbText.Clean(text),
                string[] texts => Array.ConvertAll(texts, DbText.Clean),
                var other => other,
            };
        }
    }
}
