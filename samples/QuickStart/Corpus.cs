namespace QuickStart;

/// <summary>The files of the job: found, looked at, cut into chunks.</summary>
public static class Corpus
{
    /// <summary>Bytes per chunk: large enough that a call is worth its way, small enough that every worker has some.</summary>
    public const long ChunkBytes = 256 << 10;

    /// <summary>A file with a zero byte in its first part is taken for binary, as git does.</summary>
    private const int Probe = 8000;

    private static readonly string[] Skipped = [".git", "artifacts", "bin", "obj", "node_modules"];

    /// <summary>All files below a folder (or the file itself), in a stable order.</summary>
    public static string[] List(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        // Links to files are read like files; links to folders are not followed, they may lead in circles.
        var any = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };
        var real = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        var files = new List<string>();
        var folders = new Stack<string>([path]);
        while (folders.TryPop(out var folder))
        {
            files.AddRange(Directory.EnumerateFiles(folder, "*", any));
            foreach (var child in Directory.EnumerateDirectories(folder, "*", real).Where(child => !Skipped.Contains(Path.GetFileName(child))))
            {
                folders.Push(child);
            }
        }

        files.Sort(StringComparer.Ordinal);
        return [.. files];
    }

    /// <summary>Cuts files into chunks of about <see cref="ChunkBytes"/>: large files into several, small ones together. Says which it passed over, and why.</summary>
    public static Split Split(string[] files)
    {
        var chunks = new List<Chunk>();
        var pieces = new List<FilePiece>();
        var passed = new List<PassedOver>();
        var room = ChunkBytes;
        foreach (var file in files)
        {
            if (!TryLook(file, out var length, out var reason))
            {
                passed.Add(new PassedOver(file, reason));
                continue;
            }

            for (long offset = 0; offset < length;)
            {
                var size = Math.Min(room, length - offset);
                pieces.Add(new FilePiece(file, offset, size));
                offset += size;
                room -= size;
                if (room == 0)
                {
                    Close();
                }
            }
        }

        Close();
        // With nothing to count there is still a count: of nothing.
        return new Split(chunks.Count == 0 ? [new Chunk([])] : [.. chunks], [.. passed]);

        void Close()
        {
            if (pieces.Count > 0)
            {
                chunks.Add(new Chunk([.. pieces]));
                pieces.Clear();
            }

            room = ChunkBytes;
        }
    }

    private static bool TryLook(string file, out long length, out string reason)
    {
        length = 0;
        reason = "";
        try
        {
            using var handle = File.OpenHandle(file);
            length = RandomAccess.GetLength(handle);
            Span<byte> head = stackalloc byte[Probe];
            if (head[..RandomAccess.Read(handle, head, 0)].Contains((byte)0))
            {
                reason = "binary";
                return false;
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            reason = e.Message;
            return false;
        }
    }
}

/// <summary>What became of a list of files.</summary>
/// <param name="Chunks">The work.</param>
/// <param name="PassedOver">The files that are not part of it.</param>
public sealed record Split(Chunk[] Chunks, PassedOver[] PassedOver);

/// <summary>A file that is not counted.</summary>
/// <param name="Path">Which.</param>
/// <param name="Reason">Why.</param>
public sealed record PassedOver(string Path, string Reason);
