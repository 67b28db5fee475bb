namespace Mailreeve.Policy.Notices;

/// <summary>The notices of this installation, by name.</summary>
/// <param name="ByName">Templates by file name without <c>.md</c>.</param>
public sealed record NoticeTemplates(IReadOnlyDictionary<string, NoticeTemplate> ByName)
{
    /// <summary>The notice of this name.</summary>
    /// <exception cref="KeyNotFoundException">None; the policy file is checked for that when it is read.</exception>
    public NoticeTemplate this[string name] =>
        ByName.TryGetValue(name, out var template) ? template : throw new KeyNotFoundException($"There is no notice '{name}'.");
}
