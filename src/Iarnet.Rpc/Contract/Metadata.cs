namespace Iarnet.Rpc;

/// <summary>
/// Headers or trailers of a call: pairs in order, keys in lower case, a key may come several times. Not thread-safe.
/// </summary>
public sealed class Metadata : IList<Metadata.Entry>
{
    /// <summary>A key that ends so carries bytes.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    private readonly List<Entry> _entries = [];
    private readonly bool _frozen;

    /// <summary>Makes an empty list.</summary>
    public Metadata()
    {
    }

    private Metadata(bool frozen) => _frozen = frozen;

    /// <summary>A list that stays empty.</summary>
    public static Metadata Empty { get; } = new(frozen: true);

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <inheritdoc/>
    public bool IsReadOnly => _frozen;

    /// <inheritdoc/>
    public Entry this[int index]
    {
        get => _entries[index];
        set => Writable()[index] = value;
    }

    /// <summary>The last entry of this key; null when there is none.</summary>
    public Entry? Get(string key) => _entries.FindLast(entry => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase));

    /// <summary>The last text of this key; null when there is none.</summary>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The last bytes of this key; null when there are none.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    /// <summary>All entries of this key, in order.</summary>
    public IEnumerable<Entry> GetAll(string key) => _entries.Where(entry => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase));

    /// <summary>Adds a text.</summary>
    /// <exception cref="ArgumentException">The key or the text has characters that may not travel.</exception>
    public void Add(string key, string value) => Add(new Entry(key, value));

    /// <summary>Adds bytes; the key ends with <see cref="BinaryHeaderSuffix"/>.</summary>
    /// <exception cref="ArgumentException">The key has characters that may not travel, or another end.</exception>
    public void Add(string key, byte[] value) => Add(new Entry(key, value));

    /// <inheritdoc/>
    public void Add(Entry item) => Writable().Add(item);

    /// <inheritdoc/>
    public void Clear() => Writable().Clear();

    /// <inheritdoc/>
    public bool Contains(Entry item) => _entries.Contains(item);

    /// <inheritdoc/>
    public void CopyTo(Entry[] array, int arrayIndex) => _entries.CopyTo(array, arrayIndex);

    /// <inheritdoc/>
    public int IndexOf(Entry item) => _entries.IndexOf(item);

    /// <inheritdoc/>
    public void Insert(int index, Entry item) => Writable().Insert(index, item);

    /// <inheritdoc/>
    public bool Remove(Entry item) => Writable().Remove(item);

    /// <inheritdoc/>
    public void RemoveAt(int index) => Writable().RemoveAt(index);

    /// <inheritdoc/>
    public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    private List<Entry> Writable() => _frozen ? throw new InvalidOperationException("This metadata cannot be changed.") : _entries;

    /// <summary>One pair.</summary>
    public sealed class Entry
    {
        private readonly string? _text;
        private readonly byte[]? _bytes;

        /// <summary>A text.</summary>
        /// <exception cref="ArgumentException">The key or the text has characters that may not travel.</exception>
        public Entry(string key, string value)
        {
            Key = CheckKey(key);
            ArgumentNullException.ThrowIfNull(value);
            if (IsBinary)
            {
                throw new ArgumentException($"The key '{Key}' ends with '{BinaryHeaderSuffix}': its value is bytes.", nameof(key));
            }

            foreach (var c in value)
            {
                if (c is < ' ' or > '~')
                {
                    throw new ArgumentException($"The value of '{Key}' has the character U+{(int)c:X4}; only printable ASCII travels as text. Use a key ending with '{BinaryHeaderSuffix}' for anything else.", nameof(value));
                }
            }

            _text = value;
        }

        /// <summary>Bytes.</summary>
        /// <exception cref="ArgumentException">The key has characters that may not travel, or does not end with <see cref="BinaryHeaderSuffix"/>.</exception>
        public Entry(string key, byte[] valueBytes)
        {
            Key = CheckKey(key);
            ArgumentNullException.ThrowIfNull(valueBytes);
            if (!IsBinary)
            {
                throw new ArgumentException($"The key '{Key}' does not end with '{BinaryHeaderSuffix}': its value is text.", nameof(key));
            }

            _bytes = [.. valueBytes];
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the value is bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text.</summary>
        /// <exception cref="InvalidOperationException">The value is bytes.</exception>
        public string Value => _text ?? throw new InvalidOperationException($"The value of '{Key}' is bytes.");

        /// <summary>A copy of the bytes; the ASCII bytes of a text.</summary>
        public byte[] ValueBytes => _bytes is null ? System.Text.Encoding.ASCII.GetBytes(_text!) : [.. _bytes];

        private static string CheckKey(string key)
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            key = key.ToLowerInvariant();
            foreach (var c in key)
            {
                if (!(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.'))
                {
                    throw new ArgumentException($"'{key}' is not a metadata key: expected letters, digits, '-', '_' and '.'.", nameof(key));
                }
            }

            return key;
        }
    }
}
