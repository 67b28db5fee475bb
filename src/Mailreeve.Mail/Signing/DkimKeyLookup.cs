using DnsClient;
using Mailreeve.Protocols.Dkim;

namespace Mailreeve.Mail.Signing;

/// <summary>Asks the DNS for public keys (RFC 6376 §3.6.2).</summary>
/// <param name="resolver">A resolver that keeps answers.</param>
public sealed class DkimKeyLookup(ILookupClient resolver)
{
    // Of several records only the first that is a key counts; a name with more is a mistake or an attack.
    private const int RecordsMax = 5;

    /// <summary>What the DNS says about each name; they are asked at the same time.</summary>
    public async Task<IReadOnlyDictionary<DkimKeyName, DkimKeyAnswer>> FindAsync(IEnumerable<DkimKeyName> names, CancellationToken stop)
    {
        var asked = names.Distinct().ToList();
        var answers = await Task.WhenAll(asked.Select(name => FindAsync(name, stop)));
        return asked.Zip(answers).ToDictionary(pair => pair.First, pair => pair.Second);
    }

    /// <summary>What the DNS says about a name.</summary>
    public async Task<DkimKeyAnswer> FindAsync(DkimKeyName name, CancellationToken stop)
    {
        try
        {
            var answer = await resolver.QueryAsync($"{name}.", QueryType.TXT, cancellationToken: stop);
            if (answer.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain)
                return new DkimKeyAnswer.Missing();
            if (answer.HasError)
                return new DkimKeyAnswer.Failed($"{answer.Header.ResponseCode}");
            var texts = answer.Answers.TxtRecords().Take(RecordsMax).Select(r => string.Concat(r.Text)).ToList();
            return texts.Count == 0 ? new DkimKeyAnswer.Missing() : new DkimKeyAnswer.Found(texts);
        }
        catch (DnsResponseException e)
        {
            return new DkimKeyAnswer.Failed($"{e.Code}");
        }
    }
}
