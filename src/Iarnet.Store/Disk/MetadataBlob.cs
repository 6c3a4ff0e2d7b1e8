namespace Iarnet.Store.Disk;

/// <summary>The words of an object as they lie on disk: a count, then keys and values with their lengths.</summary>
internal static class MetadataBlob
{
    public static byte[]? Encode(IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is not { Count: > 0 })
        {
            return null;
        }

        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(metadata.Count);
        foreach (var (key, value) in metadata)
        {
            writer.Write(key);
            writer.Write(value);
        }

        return stream.ToArray();
    }

    public static IReadOnlyDictionary<string, string>? Decode(byte[]? blob)
    {
        if (blob is not { Length: > 0 })
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(blob));
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var key = reader.ReadString();
            metadata[key] = reader.ReadString();
        }

        return metadata;
    }
}
